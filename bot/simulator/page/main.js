// Starts the page: people, phones, clock, call log, and the news that keeps them in step.

import { api } from "./api.js";
import { CallLog } from "./calllog.js";
import { ClockBar } from "./clockbar.js";
import { avatar, fill, fullName, h, icon } from "./dom.js";
import { Live, calmly } from "./live.js";
import { toast } from "./panels.js";
import { Phone } from "./phone.js";
import { Tour } from "./tour.js";
import { showIn } from "./when.js";

const ORDER = ["worker", "supervisor", "trainer", "manager"];
const WHO = new Set(["user", "bot", "chat", "members", "blocked"]); // events that change who is where
const EARLY = 50; // answers to presses that this page has not heard of yet, kept for a moment

class World {
  constructor() {
    this.bots = [];
    this.phones = new Map();
    this.presses = new Map();
    this.early = new Map();
    this.clock = new ClockBar((text) => toast(document.body, text), () => this.everything());
    this.calls = new CallLog(() => [...this.phones.values()].map((phone) => phone.me), () => this.titles);
    this.titles = new Map();
    this.tour = new Tour();
    this.stage = h("main", { class: "stage", id: "stage" });
    this.tabs = h("nav", { class: "people", "aria-label": "People" });
    this.light = h("span", { class: "live", role: "status" });
    this.refreshCalls = calmly(() => this.calls.refresh(), 700);
    this.refreshPeople = calmly(() => this.people().catch(() => undefined), 1000);
    this.refreshPhones = calmly(() => this.phones.forEach((phone) => phone.refresh().catch(() => undefined)), 250);
    this.refreshQueue = calmly(() => this.queue().catch(() => undefined), 400);
    this.refreshClock = calmly(() => this.clock.fetch().catch(() => undefined), 1000);
  }

  now() { return this.clock.now(); }

  async start() {
    const button = h("button", { type: "button", class: "drawer-button", "aria-expanded": "false", "aria-controls": "call-log", onclick: () => this.calls.toggle() }, icon("log"), h("span", {}, "Call log"));
    this.calls.bind(button);
    const brand = h("div", { class: "brand" }, icon("davy", "brand-mark"), h("h1", {}, "Davy demo"), this.light);
    fill(document.getElementById("page"), h("header", { class: "topbar" }, brand, this.tour.button, this.clock.node, button), this.tabs, this.stage, this.calls.node);
    await this.clock.fetch(); // first: the zone of the page comes with it
    await this.people();
    setInterval(() => this.tick(), 1000);
    this.live = new Live((news) => this.news(news), (on) => this.lit(on));
  }

  lit(on) {
    this.light.classList.toggle("on", on);
    this.light.title = on ? "Connected" : "Connection lost: asking again and again";
    fill(this.light, h("span", { class: "visually-hidden" }, this.light.title));
  }

  tick() {
    this.clock.show();
    for (const phone of this.phones.values()) phone.frame.tick(this.now());
  }

  everything() {
    this.refreshPeople();
    this.refreshPhones();
    this.refreshCalls();
  }

  /** Who exists, which bots, which chats: makes and updates phones. */
  async people() {
    const [bots, users, chats] = await Promise.all([api.bots(), api.users(), api.chats()]);
    this.bots = bots;
    this.titles = new Map(chats.filter((chat) => chat.title).map((chat) => [String(chat.id), chat.title]));
    const shown = users.filter((user) => user.label);
    const rank = (user) => (ORDER.includes(user.label) ? ORDER.indexOf(user.label) : ORDER.length);
    shown.sort((a, b) => rank(a) - rank(b) || a.id - b.id);
    this.tour.know(shown);
    const gone = new Set(this.phones.keys());
    for (const user of shown) {
      gone.delete(user.id);
      if (this.phones.has(user.id)) this.phones.get(user.id).update(user);
      else this.add(new Phone(this, user));
      this.phones.get(user.id).setChats(this.chatsOf(user, chats));
    }
    for (const id of gone) { this.phones.get(id).node.remove(); this.phones.delete(id); }
    if (!shown.length) fill(this.stage, h("p", { class: "nobody" }, "Nobody here has a phone yet. People appear once they are made with a label (POST /sim/users)."));
    else this.stage.querySelector(".nobody")?.remove();
    this.badges();
  }

  add(phone) {
    this.phones.set(phone.me.id, phone);
    this.stage.append(phone.node);
    phone.frame.tick(this.now());
    if (!this.current) this.show(phone.me.id);
  }

  chatsOf(user, chats) {
    const own = this.bots.map((bot) => ({ id: user.id, bot: bot.id, type: "private", key: `${bot.id}/${user.id}` }));
    const inside = (chat) => chat.members?.some((member) => (member.id ?? member.user?.id ?? member) === user.id);
    const groups = chats.filter((chat) => chat.type !== "private" && inside(chat));
    return [...own, ...groups.map((chat) => ({ ...chat, bot: chat.bots?.[0] ?? chat.bot ?? this.bots[0]?.id, key: `group/${chat.id}` }))];
  }

  /** On a small screen one phone at a time. */
  show(id) {
    this.current = id;
    for (const phone of this.phones.values()) phone.node.classList.toggle("current", phone.me.id === id);
    this.phones.get(id)?.frame.read();
    this.badges();
  }

  badges() {
    const one = (phone) => h(
      "button", { type: "button", "aria-current": phone.me.id === this.current ? "true" : null, onclick: () => this.show(phone.me.id) },
      avatar(fullName(phone.me), phone.me.id, "small"), h("span", { class: "tab-words" }, h("b", { dir: "auto" }, phone.me.first_name), h("span", {}, phone.me.label)),
      phone.frame.news ? h("span", { class: "badge", "aria-label": `${phone.frame.news} unread` }, phone.frame.news) : null,
    );
    const focused = [...this.tabs.children].indexOf(document.activeElement);
    fill(this.tabs, [...this.phones.values()].map(one));
    if (focused >= 0) this.tabs.children[focused]?.focus();
  }

  /** A phone waits for the answer to its press; the answer may have come first. */
  awaitAnswer(id, phone) {
    const answer = this.early.get(id);
    if (answer) { this.early.delete(id); phone.answered(id, answer); return; }
    this.presses.set(id, phone);
    setTimeout(() => this.presses.delete(id), 160000);
  }

  settle(id, answer) {
    const phone = this.presses.get(id);
    if (phone) { this.presses.delete(id); phone.answered(id, answer); return; }
    this.early.set(id, answer);
    if (this.early.size > EARLY) this.early.delete(this.early.keys().next().value);
  }

  async askPresses() {
    for (const id of [...this.presses.keys()]) {
      const answer = await api.callback(id).catch(() => null);
      if (answer?.answered && this.presses.has(id)) this.settle(id, answer);
    }
  }

  news(event) {
    this.refreshCalls();
    if (event.event === "call") { this.refreshQueue(); return; }
    if (event.event === "clock") this.clock.set(event);
    const id = event.callback_query_id;
    if (id && event.event !== "press") this.settle(String(id), event);
    else if (this.presses.size) this.askPresses();
    if (event.action) { this.typing(event); return; }
    this.look(event);
  }

  /** Which updates the bots have not confirmed yet decides about the ticks. */
  async queue() {
    const phones = [...this.phones.values()].filter((phone) => phone.waiting.size);
    if (!phones.length) return;
    const answer = await api.queue();
    const first = new Map((answer?.items || []).filter((row) => row.first_update_id).map((row) => [row.bot, row.first_update_id]));
    for (const phone of phones) phone.confirmed(first);
  }

  typing(event) {
    for (const phone of this.phones.values()) {
      if (String(phone.chat?.id) === String(event.chat) && (!event.bot || event.bot === phone.chat.bot)) phone.typing(event.action !== "cancel");
    }
  }

  look(event) {
    const chat = event.chat ?? event.chat_id;
    if (event.event === "commands") { this.phones.forEach((phone) => phone.learn()); return; }
    if (WHO.has(event.event)) this.refreshPeople();
    if (chat === undefined || chat === null) { this.refreshPhones(); this.refreshClock(); this.refreshPeople(); return; }
    const there = (one) => String(one.id) === String(chat) && (one.type !== "private" || !event.bot || event.bot === one.bot);
    for (const phone of this.phones.values()) {
      const one = phone.chats?.find(there);
      if (!one) continue;
      if (one.key === phone.chat?.key) phone.refresh().catch(() => undefined);
      else if (event.event === "message") phone.elsewhere(one);
    }
  }
}

showIn(new URLSearchParams(location.search).get("zone"));
const world = new World();
world.start().catch((problem) => {
  fill(document.getElementById("page"), h("p", { class: "nobody", role: "alert" }, `The simulator does not answer: ${problem.message}. Reload the page when it runs.`));
});
