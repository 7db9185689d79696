// The drawer: every Bot API call with its outcome, and the state of the queue.

import { api } from "./api.js";
import { fill, h, iconButton } from "./dom.js";

const KEEP = 400; // rows drawn at once
const HISTORY = 3000; // calls fetched when the drawer is first opened

export class CallLog {
  /** people(): the labelled people; titles(): names of groups by chat id. */
  constructor(people, titles) {
    this.people = people;
    this.titles = titles;
    this.last = null;
    this.all = [];
    this.filter = h("input", { type: "search", placeholder: "Method, chat or words", "aria-label": "Filter calls", oninput: () => this.draw() });
    this.errors = h("input", { type: "checkbox", onchange: () => this.draw() });
    this.polling = h("input", { type: "checkbox", onchange: () => this.draw() });
    this.state = h("p", { class: "queue-state", role: "status" });
    this.list = h("ol", { class: "calls", "aria-label": "Calls, newest first", tabindex: "0" });
    this.node = h(
      "aside", { class: "drawer", "aria-label": "Call log", hidden: true, id: "call-log" },
      h("header", {}, h("h2", {}, "Call log"), iconButton("cross", "Close call log", () => this.toggle(false))), this.state,
      h("div", { class: "drawer-tools" }, this.filter, h("label", {}, this.errors, "Errors only"), h("label", {}, this.polling, "Show getUpdates")), this.list,
    );
    this.node.addEventListener("keydown", (event) => { if (event.key === "Escape") this.toggle(false); });
  }

  bind(button) { this.button = button; }

  toggle(open = this.node.hidden) {
    this.node.hidden = !open;
    document.body.classList.toggle("drawer-open", open);
    this.button.setAttribute("aria-expanded", String(open));
    if (open) { this.refresh(); this.filter.focus(); } else this.button.focus();
  }

  async refresh() {
    if (this.node.hidden || this.fetching) return;
    this.fetching = true;
    try {
      if (this.last === null) this.last = Math.max(0, (await api.lastCall()) - HISTORY);
      const [calls, queue] = await Promise.all([api.calls(this.last), api.queue()]);
      this.showQueue(queue);
      if (calls.length) {
        this.all.push(...calls);
        this.last = Math.max(this.last, ...calls.map((call) => call.n));
        this.draw();
      }
    } catch (problem) {
      this.state.textContent = problem.message;
    } finally {
      this.fetching = false;
    }
  }

  showQueue(answer) {
    if (!answer) return;
    const rows = answer.items ?? [answer];
    const waiting = rows.reduce((sum, row) => sum + (row.waiting ?? row.pending ?? row.size ?? row.count ?? 0), 0);
    const oldest = Math.max(0, ...rows.map((row) => row.oldest_age ?? row.oldest ?? row.oldest_age_s ?? 0));
    this.state.textContent = waiting ? `${waiting} update${waiting > 1 ? "s" : ""} waiting, the oldest for ${Math.round(oldest)} s` : "No update is waiting for the bot.";
    this.state.classList.toggle("waiting", waiting > 0);
  }

  name(chat) {
    const person = this.people().find((one) => String(one.id) === String(chat));
    return person ? person.first_name : this.titles().get(String(chat)) ?? chat;
  }

  row(call) {
    const params = call.params || {};
    const chat = params.chat_id ?? params.user_id ?? "";
    const words = params.text ?? params.caption ?? params.question ?? params.action ?? "";
    const outcome = call.ok ? "ok" : `${call.error_code ?? "error"}`;
    const fault = call.fault ? ` · fault: ${typeof call.fault === "string" ? call.fault : JSON.stringify(call.fault)}${call.took_effect ? ", took effect" : ""}` : "";
    const at = typeof call.at === "number" ? new Date(call.at * 1000) : new Date(call.at);
    return h(
      "li", { class: call.ok ? "" : "failed" },
      h("details", {},
        h("summary", {},
          h("span", { class: "n" }, call.n), h("b", {}, call.method), h("span", { class: "to" }, chat === "" ? "" : `→ ${this.name(chat)}`), h("span", { class: "outcome" }, outcome),
          h("span", { class: "words", dir: "auto" }, call.ok ? String(words).replace(/\s+/g, " ").slice(0, 140) : (call.description || "") + fault),
        ),
        h("p", { class: "faint" }, Number.isNaN(at.getTime()) ? String(call.at) : at.toISOString().replace("T", " ").slice(0, 23), fault),
        h("pre", { dir: "ltr" }, JSON.stringify(params, null, 2)),
      ),
    );
  }

  draw() {
    const wanted = this.filter.value.trim().toLowerCase();
    const fits = (call) => {
      if (this.errors.checked && call.ok) return false;
      if (!this.polling.checked && call.method.toLowerCase() === "getupdates" && call.ok) return false;
      if (!wanted) return true;
      const chat = call.params?.chat_id ?? "";
      return `${call.method} ${chat} ${this.name(chat)} ${JSON.stringify(call.params)} ${call.description || ""}`.toLowerCase().includes(wanted);
    };
    const open = new Set([...this.list.querySelectorAll("details[open]")].map((node) => node.dataset.n));
    const rows = [];
    for (let i = this.all.length - 1; i >= 0 && rows.length < KEEP; i -= 1) {
      if (!fits(this.all[i])) continue;
      const row = this.row(this.all[i]);
      const details = row.firstChild;
      details.dataset.n = String(this.all[i].n);
      details.open = open.has(details.dataset.n);
      rows.push(row);
    }
    fill(this.list, rows.length ? rows : h("li", { class: "none" }, this.all.length ? "No call fits the filter." : "No call yet."));
  }
}
