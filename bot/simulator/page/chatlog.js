// The scrolling conversation: keeps the bubbles in step with what the server says, touching only what changed.

import { bubble, notice } from "./bubble.js";
import { h } from "./dom.js";
import { dayKey, dayOf, relativeTo } from "./when.js";

const NEAR = 90; // pixels from the end that still count as "reading the newest"
const RUN = 600; // seconds within which messages of one sender stand together

/** Messages in cells: an album is one cell. */
function cellsOf(messages) {
  const cells = [];
  for (const message of messages) {
    const last = cells[cells.length - 1];
    const sameAlbum = last && message.media_group_id && last.messages[0].media_group_id === message.media_group_id;
    if (sameAlbum) last.messages.push(message);
    else cells.push({ key: `m${message.message_id}`, messages: [message] });
  }
  return cells;
}

export class ChatLog {
  /** ctx: what bubbles need (see phone.js); onUnread(count) tells how many stand below the view. */
  constructor(label, ctx, onUnread) {
    this.ctx = ctx;
    this.onUnread = onUnread;
    this.node = h("div", { class: "log", role: "log", "aria-label": label, "aria-live": "polite", "aria-relevant": "additions", tabindex: "0", onkeydown: (event) => this.walk(event) });
    this.shown = new Map();
    this.below = 0;
    this.stuck = true; // follows the newest message until somebody scrolls up
    this.top = 0;
    this.node.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.node.addEventListener("load", () => { if (this.stuck) this.toEnd(false); }, true);
    new ResizeObserver(() => { if (this.stuck) this.toEnd(false); }).observe(this.node);
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  /** Only a move upwards by hand lets go of the end: growing content and keyboards do not. */
  scrolled() {
    const { scrollTop } = this.node;
    if (this.atEnd()) { this.stuck = true; this.seen(); } else if (scrollTop < this.top - 2) this.stuck = false;
    this.top = scrollTop;
    this.onscroll?.(this.stuck);
  }

  seen() {
    this.below = 0;
    this.onUnread(0);
  }

  toEnd(smooth = true) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    const near = scrollHeight - scrollTop - clientHeight < clientHeight;
    this.node.scrollTo({ top: scrollHeight, behavior: smooth && near && !calm ? "smooth" : "instant" });
    this.stuck = true;
    this.seen();
  }

  clear() {
    this.shown.clear();
    this.node.replaceChildren();
    this.started = false;
  }

  /** Shows exactly these messages. Answers those that are new since the last time (none the first time). */
  render(messages, { group }) {
    const wasAtEnd = !this.started || this.stuck;
    const wanted = this.plan(messages, group);
    const fresh = [];
    const keep = new Set(wanted.map((cell) => cell.key));
    for (const [key, cell] of this.shown) if (!keep.has(key)) { cell.node.remove(); this.shown.delete(key); }
    let cursor = this.node.firstChild;
    for (const cell of wanted) {
      let entry = this.shown.get(cell.key);
      if (entry?.print !== cell.print) {
        const node = cell.make();
        if (!entry && this.started && cell.messages) { fresh.push(...cell.messages); node.classList.add("arriving"); }
        if (entry?.node === cursor) cursor = cursor.nextSibling;
        if (entry) this.replace(entry.node, node);
        entry = { node, print: cell.print };
        this.shown.set(cell.key, entry);
      }
      if (entry.node === cursor) cursor = cursor.nextSibling;
      else if (entry.node.nextSibling !== cursor || !entry.node.parentNode) this.node.insertBefore(entry.node, cursor);
    }
    this.follow(wasAtEnd, fresh);
    this.started = true;
    return fresh;
  }

  /** A changed bubble takes the old one's place, and the keyboard's focus with it. */
  replace(old, node) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(node);
    if (!focused) return;
    const same = focused.dataset.key && node.querySelector(`[data-key="${CSS.escape(focused.dataset.key)}"]`);
    (same || node).focus({ preventScroll: true });
  }

  follow(wasAtEnd, fresh) {
    if (wasAtEnd || fresh.some((message) => message.from?.id === this.ctx.me.id)) this.toEnd(this.started);
    else if (fresh.length) { this.below += fresh.length; this.onUnread(this.below); }
  }

  plan(messages, group) {
    const cells = cellsOf(messages);
    const plan = [];
    let day = null;
    cells.forEach((cell, index) => {
      const head = cell.messages[0];
      if (dayKey(head.date, this.ctx) !== day) {
        day = dayKey(head.date, this.ctx);
        const text = dayOf(head.date, this.ctx.now(), this.ctx);
        plan.push({ key: `d${day}-${head.message_id}`, print: text, make: () => h("div", { class: "day" }, h("span", {}, text)) });
      }
      const line = notice(head, this.ctx.say);
      if (line) { plan.push({ ...cell, print: line, make: () => h("div", { class: "notice", data: { messageId: String(head.message_id) } }, h("span", { dir: "auto" }, line)) }); return; }
      const place = { group, first: !this.together(cells[index - 1], cell), last: !this.together(cell, cells[index + 1]) };
      const votes = head.poll ? this.ctx.votes.get(head.poll.id) : null;
      const closed = head.poll?.close_date ? head.poll.close_date <= this.ctx.now() : null;
      const waiting = cell.messages.some((message) => this.ctx.isWaiting(message));
      const print = JSON.stringify([cell.messages, place, votes, closed, waiting, this.ctx.locale]);
      plan.push({ ...cell, print, make: () => bubble(cell.messages, this.ctx, place) });
    });
    return plan;
  }

  together(one, two) {
    if (!one || !two || notice(one.messages[0], this.ctx.say) || notice(two.messages[0], this.ctx.say)) return false;
    const [a, b] = [one.messages[0], two.messages[0]];
    return a.from?.id === b.from?.id && Math.abs(b.date - a.date) < RUN && dayKey(a.date, this.ctx) === dayKey(b.date, this.ctx);
  }

  /** Relative dates ("in 2 hours") and day marks follow the simulated clock. */
  retime() {
    for (const node of this.node.querySelectorAll("time[data-relative]")) {
      node.textContent = relativeTo(Number(node.dataset.relative), this.ctx.now(), this.ctx.locale);
    }
  }

  find(id) {
    return this.node.querySelector(`[data-message-id="${CSS.escape(String(id))}"]`);
  }

  jump(id) {
    const target = this.find(id);
    if (!target) return;
    target.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    target.classList.remove("flash");
    requestAnimationFrame(() => target.classList.add("flash"));
  }

  /** Arrow keys walk from message to message; Enter or the menu key opens a message's actions. */
  walk(event) {
    const all = [...this.node.querySelectorAll(".message")];
    const active = document.activeElement;
    const at = all.indexOf(active.classList.contains("more") ? active.closest(".message") : active); // a closed menu leaves the focus there
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      if (at < 0 && active !== this.node) return;
      const next = all[at < 0 ? all.length - 1 : at + (event.key === "ArrowUp" ? -1 : 1)];
      if (next) { event.preventDefault(); next.focus(); }
    } else if (event.key === "Enter" && active === all[at]) {
      event.preventDefault(); // else the same key presses the first action as well
      all[at].querySelector(".more")?.click();
    }
  }
}
