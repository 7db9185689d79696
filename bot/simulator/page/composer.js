// The input at the foot of a phone: text, attachments, commands, reply keyboard, editing, start and unblock bars.

import { attachMenu, preview } from "./attach.js";
import { fill, h, icon, iconButton, walkMenu } from "./dom.js";
import { replyKeyboard } from "./keyboards.js";
import { summary } from "./media.js";

const GROWS = CSS.supports("field-sizing", "content"); // else the script makes the input grow

export class Composer {
  /** phone: see phone.js (send, edit, say, toast, openApp, askLocation, askContact, me, commands). */
  constructor(phone) {
    this.phone = phone;
    this.files = [];
    this.context = null; // {kind: "reply" | "edit", message}
    this.keyboardHidden = false;
    this.input = h("textarea", { rows: "1", "aria-label": "Message", dir: "auto", autocomplete: "off", spellcheck: "false", oninput: () => this.typed(), onkeydown: (event) => this.key(event) });
    this.menuButton = h("button", { type: "button", class: "menu-pill", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => this.openMenu() });
    this.attach = iconButton("clip", "Attach", () => attachMenu(this.phone, this, this.attach));
    this.attach.setAttribute("aria-haspopup", "menu");
    this.toggle = iconButton("keyboard", "Show or hide the keyboard", () => { this.keyboardHidden = !this.keyboardHidden; this.keyboard(this.markup); });
    this.sendButton = iconButton("send", "Send message", () => this.submit(), "send");
    this.bar = h("div", { class: "context-bar", hidden: true });
    this.tray = h("div", { class: "tray", hidden: true });
    this.hints = h("div", { class: "hints", role: "menu", "aria-label": "Commands", hidden: true, onkeydown: (event) => this.hintKey(event) });
    this.line = h("form", { class: "line", onsubmit: (event) => { event.preventDefault(); this.submit(); } }, this.menuButton, h("div", { class: "field" }, this.input, this.toggle, this.attach), this.sendButton);
    this.big = h("button", { type: "button", class: "big-button", hidden: true });
    this.keys = h("div", { class: "keys-host", hidden: true });
    this.node = h("div", { class: "composer" }, this.hints, this.bar, this.tray, this.line, this.big, this.keys);
    this.typed();
  }

  typed() {
    if (!GROWS) {
      this.input.style.height = "auto";
      this.input.style.height = `${Math.max(38, Math.min(this.input.scrollHeight, 120))}px`;
    }
    const ready = this.input.value.trim() || this.files.length || this.context?.kind === "edit";
    this.sendButton.classList.toggle("ready", Boolean(ready));
    this.line.classList.toggle("writing", this.input.value !== "");
    this.suggest();
  }

  suggest() {
    const match = /^\/(\w*)$/.exec(this.input.value);
    const found = match ? this.phone.commands.filter((entry) => entry.command.startsWith(match[1].toLowerCase())) : [];
    this.listCommands(found);
  }

  listCommands(found) {
    this.hints.hidden = found.length === 0;
    this.menuButton.setAttribute("aria-expanded", String(found.length > 0));
    const row = (entry) => h(
      "button", { type: "button", role: "menuitem", onclick: () => this.runCommand(entry.command) },
      h("b", { dir: "ltr" }, `/${entry.command}`), h("span", { dir: "auto" }, entry.description),
    );
    fill(this.hints, found.map(row));
  }

  runCommand(command) {
    this.listCommands([]);
    if (this.input.value.startsWith("/")) this.input.value = "";
    this.typed();
    this.phone.send({ text: this.phone.private ? `/${command}` : `/${command}@${this.phone.bot.username}` });
  }

  openMenu() {
    const button = this.phone.menuButton;
    if (button?.type === "web_app") { this.phone.openApp(button.web_app.url, button.text); return; }
    this.listCommands(this.hints.hidden ? this.phone.commands : []);
    this.hints.querySelector("button")?.focus();
  }

  /** In the list of commands: arrows walk, Escape and Tab go back to the input. */
  hintKey(event) {
    if (event.key !== "Escape" && event.key !== "Tab") { walkMenu(event, [...this.hints.children]); return; }
    event.preventDefault();
    this.listCommands([]);
    this.input.focus();
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
    else if (event.key === "Escape") { this.listCommands([]); this.setContext(null); }
    else if (event.key === "ArrowUp" && !this.hints.hidden) { event.preventDefault(); this.hints.lastElementChild.focus(); }
    else if (event.key === "ArrowUp" && !this.input.value && !this.context) { event.preventDefault(); this.phone.editLast(); }
  }

  async submit() {
    const text = this.input.value.trim();
    const { files, context } = this;
    if (!text && !files.length) return;
    this.input.value = "";
    this.files = [];
    this.setContext(null);
    this.showTray();
    const done = context?.kind === "edit" ? await this.phone.edit(context.message, text) : await this.phone.send({ text, files, reply_to: context?.message.message_id });
    if (done || this.input.value) return;
    this.input.value = text; // nothing that was typed is lost
    this.files = files;
    this.setContext(context);
    this.showTray();
  }

  setContext(context, focus = true) {
    this.context = context;
    this.bar.hidden = !context;
    if (context) {
      const words = [h("b", {}, this.phone.say(context.kind)), h("span", { dir: "auto" }, summary(context.message, this.phone.say))];
      fill(this.bar, icon(context.kind === "edit" ? "pencil" : "reply"), h("span", { class: "context-words" }, words), iconButton("cross", this.phone.say("cancel"), () => this.setContext(null)));
      if (context.kind === "edit") this.input.value = context.message.text ?? context.message.caption ?? "";
      if (focus) this.input.focus();
      this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    }
    this.typed();
  }

  add(files) {
    this.files.push(...files);
    this.showTray();
    this.input.focus();
  }

  showTray() {
    this.tray.hidden = this.files.length === 0;
    const drop = (file) => () => { this.files = this.files.filter((other) => other !== file); this.showTray(); };
    fill(this.tray, this.files.map((file) => preview(file, drop(file))));
    this.typed();
  }

  /** Which of input, start bar or unblock bar stands here. */
  mode(kind) {
    const words = { start: this.phone.say("start"), blocked: this.phone.say("unblock") };
    this.big.hidden = !words[kind];
    this.line.hidden = Boolean(words[kind]);
    if (!words[kind]) return;
    this.big.textContent = words[kind];
    this.big.onclick = () => (kind === "start" ? this.phone.send({ text: "/start" }) : this.phone.block(false));
  }

  menu(commands, button) {
    const app = button?.type === "web_app";
    this.menuButton.hidden = !app && commands.length === 0;
    fill(this.menuButton, icon(app ? "window" : "menu"), h("span", {}, app ? button.text : this.phone.say("menu")));
    this.typed();
  }

  /** The reply keyboard that is up (null takes it away). */
  keyboard(markup) {
    if (markup?.message?.message_id !== this.markup?.message?.message_id) this.keyboardHidden = false;
    this.markup = markup;
    const rows = markup?.keyboard;
    this.toggle.hidden = !rows;
    this.keys.hidden = !rows || this.keyboardHidden || this.line.hidden;
    this.toggle.classList.toggle("on", !this.keys.hidden);
    this.input.placeholder = markup?.input_field_placeholder || this.phone.say("message");
    const print = JSON.stringify(rows || null);
    if (print === this.printed) return;
    this.printed = print;
    fill(this.keys, rows ? replyKeyboard(markup, (button) => this.pressKey(button)) : null);
  }

  async pressKey(button) {
    const once = this.markup?.one_time_keyboard;
    if (button.request_contact) await this.phone.shareContact();
    else if (button.request_location) await this.phone.shareLocation();
    else if (button.web_app) this.phone.openApp(button.web_app.url, button.text);
    else if (button.request_poll || button.request_users || button.request_chat) this.phone.toast("This kind of button is not played by the simulator.");
    else await this.phone.send({ text: button.text });
    if (once) { this.keyboardHidden = true; this.keyboard(this.markup); }
  }
}
