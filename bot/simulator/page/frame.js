// The look of a phone around its conversation: owner, status bar, chat header, switcher, pinned bar, badges, pulses.

import { avatar, fill, fullName, h, icon, iconButton } from "./dom.js";
import { summary } from "./media.js";
import { menu } from "./panels.js";
import { elsewhere, timeOf } from "./when.js";
import { LANGUAGES } from "./words.js";

const ONE_PHONE = "(max-width: 740px), (max-width: 1000px) and (max-height: 480px)"; // as in style.css

const label = (person) => (person.label ? `, ${person.label}` : "");

export class Frame {
  constructor(phone) {
    this.phone = phone;
    this.news = 0;
    const { me, log, composer } = phone;
    this.owner = h("header", { class: "owner" });
    this.clock = h("span", { class: "status-time" });
    this.header = h("div", { class: "chat-head" });
    this.subtitle = h("span", { class: "subtitle" });
    this.switcher = h("nav", { class: "switcher", "aria-label": `Chats of ${me.first_name}`, hidden: true });
    this.pinned = h("button", { type: "button", class: "pinned-bar", hidden: true });
    this.jump = h("button", { type: "button", class: "jump", "aria-label": "To the newest message", hidden: true, onclick: () => log.toEnd() });
    this.nothing = h("div", { class: "nothing", hidden: true });
    const status = h("div", { class: "status", "aria-hidden": "true" }, this.clock, h("span", { class: "island" }), h("span", { class: "status-signs" }, icon("signal"), icon("wifi"), icon("battery")));
    this.body = h("div", { class: "chat-body" }, this.nothing, log.node, this.jump);
    this.device = h("div", { class: "device" }, status, this.header, this.switcher, this.pinned, this.body, composer.node);
    this.node = h(
      "section", { class: "phone", role: "region", "aria-label": `${me.first_name}${label(me)}`, id: `phone-${me.id}`, data: { person: String(me.id), label: me.label || "" } },
      this.owner, h("div", { class: "case" }, this.device),
    );
    for (const name of ["pointerdown", "focusin"]) this.node.addEventListener(name, () => this.read());
    log.onscroll = (stuck) => { this.jump.hidden = stuck; };
    this.head();
  }

  /** Owner line and chat header anew: name, role, language, blocked. */
  head() {
    const { phone } = this;
    const { me, bot, chat } = phone;
    this.device.dir = phone.direction;
    this.device.lang = phone.locale;
    const print = JSON.stringify([me, chat, bot, this.news]);
    if (print === this.printed) return;
    this.printed = print;
    const more = iconButton("dots", `Settings of ${me.first_name}`, () => this.settings(more));
    more.setAttribute("aria-haspopup", "menu");
    fill(
      this.owner, avatar(fullName(me), me.id), h("div", { class: "owner-words" }, h("h2", { dir: "auto" }, fullName(me)), h("p", {}, h("span", { class: "role" }, me.label || "person"), h("span", { class: "faint" }, [me.language_code, elsewhere(phone)].filter(Boolean).join(" · ")))),
      this.news ? h("span", { class: "badge", "aria-label": `${this.news} unread` }, this.news) : null, more,
    );
    if (chat) this.chatHead(chat);
  }

  chatHead(chat) {
    const { phone } = this;
    const name = phone.private ? phone.botName : chat.title || "Group";
    const face = avatar(name, chat.type === "private" ? phone.bot?.id : chat.id);
    fill(this.header, face, h("div", { class: "chat-words" }, h("strong", { dir: "auto" }, name, phone.blocked && phone.private ? icon("block", "small") : null), this.subtitle));
    this.typing(false);
  }

  typing(on) {
    const { phone } = this;
    const { say, chat } = phone;
    this.subtitle.classList.toggle("typing", on);
    const people = chat?.members?.length || 0;
    this.subtitle.textContent = on ? say("typing") : phone.private ? say("bot") : people ? say("members", { n: people }) : say("group");
  }

  chats() {
    const { phone } = this;
    const chats = phone.chats || [];
    this.switcher.hidden = chats.length < 2;
    const one = (chat) => {
      const count = phone.unread.get(chat.key) || 0;
      const name = chat.type === "private" ? fullName(phone.world.bots.find((bot) => bot.id === chat.bot)) || "Bot" : chat.title;
      return h(
        "button", { type: "button", "aria-current": chat.key === phone.chat?.key ? "true" : null, onclick: () => phone.open(chat) },
        icon(chat.type === "private" ? "bot" : "group", "small"), h("span", { dir: "auto" }, name), count ? h("span", { class: "badge", "aria-label": `${count} unread` }, count) : null,
      );
    };
    fill(this.switcher, chats.map(one));
  }

  pin(message) {
    const { say } = this.phone;
    this.pinned.hidden = !message;
    if (!message) return;
    this.pinned.setAttribute("aria-label", say("pinned"));
    this.pinned.setAttribute("aria-description", summary(message, say));
    this.pinned.onclick = () => this.phone.onJump(message.message_id);
    fill(this.pinned, h("span", { class: "pin-words" }, h("b", {}, say("pinned")), h("span", { dir: "auto" }, summary(message, say))), icon("pinned"));
  }

  empty(nothing, start) {
    const { say } = this.phone;
    this.nothing.hidden = !nothing;
    if (nothing) fill(this.nothing, h("div", { class: "nothing-card" }, avatar(this.phone.botName, this.phone.bot?.id, "large"), this.phone.about && start ? [h("b", {}, say("about")), h("span", { class: "about", dir: "auto" }, this.phone.about)] : [h("b", {}, say("empty")), start ? h("span", {}, say("emptyHint")) : null]));
  }

  below(count) {
    fill(this.jump, icon("chevron"), count ? h("span", { class: "badge" }, count) : null);
  }

  /** New messages: a badge until somebody touches this phone, and a pulse: a ring for a loud one, a breath for a silent one. */
  arrived(count, loud) {
    const alone = matchMedia(ONE_PHONE).matches && this.node.classList.contains("current");
    const here = document.hasFocus() && (alone || this.node.contains(document.activeElement));
    if (!here) this.news += count;
    this.head();
    this.phone.world.badges();
    this.pulse(loud);
  }

  pulse(loud) {
    const host = this.node;
    host.classList.remove("pulse-loud", "pulse-soft");
    void host.offsetWidth; // starts the animation again
    host.classList.add(loud ? "pulse-loud" : "pulse-soft");
    clearTimeout(this.pulseTimer);
    this.pulseTimer = setTimeout(() => host.classList.remove("pulse-loud", "pulse-soft"), 1800);
  }

  read() {
    if (!this.news) return;
    this.news = 0;
    this.head();
    this.phone.world.badges();
  }

  settings(opener) {
    const { phone } = this;
    const languages = () => menu(
      this.node, opener, LANGUAGES.map(([code, name]) => ({ label: name, sub: code, icon: code === phone.me.language_code ? "check" : "globe", onpick: () => phone.language(code) })),
      { label: "Language of this phone", extra: "long" },
    );
    menu(this.node, opener, [
      { label: "Language of this phone", icon: "globe", onpick: () => setTimeout(languages) },
      phone.blocked ? { label: "Unblock the bot", icon: "block", onpick: () => phone.block(false) } : { label: "Block the bot", icon: "block", danger: true, onpick: () => phone.block(true) },
    ], { label: `Settings of ${phone.me.first_name}` });
  }

  tick(now) {
    const text = timeOf(now, this.phone);
    if (this.clock.textContent !== text) this.clock.textContent = text;
    this.phone.log.retime();
  }
}
