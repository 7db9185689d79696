// One person's phone: the frame, its chats, and everything its owner can do. It is also the `ctx` that bubbles are drawn with.

import { api, packed } from "./api.js";
import { HERE, consent } from "./attach.js";
import { ChatLog } from "./chatlog.js";
import { Composer } from "./composer.js";
import { Frame } from "./frame.js";
import { fullName } from "./dom.js";
import { currentKeyboard } from "./keyboards.js";
import { openApp } from "./miniapp.js";
import { dialog, lightbox, menu, toast } from "./panels.js";
import { known } from "./when.js";
import { direction, locale, words } from "./words.js";

const PRESS_WAIT = 15000; // ms a button turns when no answer comes, about as long as Telegram's clients wait

const GAP = 60; // ms in which news of one chat is gathered before it is fetched
const MOST = 400; // messages drawn; older ones are left out
const REACTIONS = ["👍", "❤", "🔥", "👏", "😁", "🤔"];

export class Phone {
  /** world: {now(), bots, chats} shared by all phones; person: an item of GET /sim/users. */
  constructor(world, person) {
    this.world = world;
    this.me = person;
    this.votes = new Map();
    this.waiting = new Map(); // "chat/message id" -> update id
    this.pressed = new Map();
    this.commands = [];
    this.messages = [];
    this.unread = new Map();
    this.queue = Promise.resolve();
    this.speak();
    this.typingTimer = 0;
    this.log = new ChatLog(`Chat of ${person.first_name}`, this, (count) => this.frame?.below(count));
    this.composer = new Composer(this);
    this.frame = new Frame(this);
    this.device = this.frame.device;
    this.node = this.frame.node;
  }

  speak() {
    this.locale = locale(this.me.language_code);
    this.say = words(this.me.language_code);
    this.direction = direction(this.me.language_code);
    this.zone = this.me.zone && known(this.me.zone);
  }

  now() { return this.world.now(); }
  fileUrl(id) { return api.fileUrl(id); }
  toast(text) { toast(this.sheet?.node.isConnected ? this.device : this.frame.body, text); }
  openPicture(source, label) { lightbox(source, label); }
  openApp(url, title) { return openApp(this, url, title); }
  onJump(id) { this.log.jump(id); }
  onCommand(text) { return this.send({ text }); }
  isPressed(id, data) { return this.pressed.has(`${id}/${data}`); }

  get bot() { return this.world.bots.find((bot) => bot.id === this.chat?.bot) || this.world.bots[0]; }
  get botName() { return fullName(this.bot) || "Bot"; }
  get private() { return this.chat?.type === "private"; }
  get blocked() {
    const state = this.me.blocked;
    return Array.isArray(state) ? state.includes(this.chat?.bot) : Boolean(state);
  }

  /** The person's facts changed (language, blocked). */
  update(person) {
    const spoke = this.me.language_code;
    this.me = person;
    if (person.language_code !== spoke) { this.speak(); this.log.clear(); this.draw(); this.frame.chats(); if (this.asked) this.learn(); }
    this.frame.head();
    this.modes();
  }

  /** The chats this person can open; the first one is opened. */
  setChats(chats) {
    this.chats = chats;
    const same = chats.find((chat) => chat.key === this.chat?.key);
    if (same) this.chat = same;
    else if (chats.length) this.open(chats[0]);
    this.frame.chats();
  }

  open(chat) {
    this.chat = chat;
    this.messages = [];
    this.log.clear();
    this.composer.setContext(null);
    this.unread.delete(chat.key);
    this.asked = false;
    this.typing(false);
    this.frame.chats();
    return this.refresh();
  }

  /** A message came into a chat that is not open here. */
  elsewhere(chat) {
    this.unread.set(chat.key, (this.unread.get(chat.key) || 0) + 1);
    this.frame.chats();
    this.frame.arrived(1, false);
  }

  /** Fetches the open chat again; calls during a fetch lead to one more fetch after it. */
  async refresh() {
    if (!this.chat) return;
    if (this.fetching) { this.again = true; return; }
    this.fetching = true;
    try {
      do {
        this.again = false;
        await new Promise((resume) => setTimeout(resume, GAP));
        const chat = this.chat;
        const answer = await api.messages(chat.id, chat.bot, this.me.id);
        if (chat.key === this.chat?.key) this.show(answer); // its facts may have been told anew meanwhile
      } while (this.again);
    } finally {
      this.fetching = false;
    }
  }

  show(answer) {
    this.messages = (answer.items || []).filter((message) => !message.deleted).slice(-MOST);
    this.answer = answer;
    const fresh = this.draw();
    const heard = fresh.filter((message) => message.from?.id !== this.me.id);
    if (heard.length) this.typing(false);
    if (heard.length) this.frame.arrived(heard.length, heard.some((message) => !message.silent));
    if (!this.asked) this.learn(); // and again whenever the server says that commands changed
  }

  draw() {
    const fresh = this.log.render(this.messages, { group: !this.private });
    const pinned = this.messages.filter((message) => message.pinned).pop();
    this.frame.pin(pinned);
    this.frame.head();
    this.modes();
    return fresh;
  }

  modes() {
    const empty = this.private && this.messages.length === 0;
    this.frame.empty(this.messages.length === 0, empty);
    this.composer.mode(this.private && this.blocked ? "blocked" : empty ? "start" : "write");
    const known = currentKeyboard(this.messages, this.me);
    const told = this.answer?.keyboard;
    const markup = told ? { ...told, message: known?.message } : told === null ? null : known;
    this.composer.keyboard(markup);
    const ask = markup?.force_reply && markup.message;
    if (ask && this.forced !== ask.message_id) { this.forced = ask.message_id; this.composer.setContext({ kind: "reply", message: ask }, false); }
  }

  /** Commands and menu button may change with every answer (by language, by scope). */
  async learn() {
    this.asked = true;
    const answer = await api.commands(this.chat.id, this.chat.bot, this.me.id);
    this.commands = answer?.items || [];
    this.menuButton = answer?.menu_button || null;
    if (answer?.description !== this.about) { this.about = answer?.description; this.modes(); }
    this.composer.menu(this.commands, this.private ? this.menuButton : null);
  }

  typing(on) {
    clearTimeout(this.typingTimer);
    this.frame.typing(on);
    if (on) this.typingTimer = setTimeout(() => this.frame.typing(false), 5000);
  }

  /** Runs one thing the person does after the one before it; says what went wrong. Answers the result, or null. */
  async doing(task) {
    const turn = this.queue.then(task);
    this.queue = turn.catch(() => undefined);
    try {
      const result = await turn;
      this.refresh();
      return result ?? true;
    } catch (problem) {
      this.toast(problem.message);
      return null;
    }
  }

  get address() { return { from: this.me.id, chat: this.chat.id, bot: this.chat.bot }; }

  send({ text, files = [], reply_to, title, ...rest }) {
    const address = this.address;
    return this.doing(async () => {
      const packs = await Promise.all(files.map(async ({ kind, file }) => ({ type: kind, ...(await packed(file)) })));
      const caption = text || undefined;
      let body = { text: caption };
      if (packs.length === 1) body = { [packs[0].type]: packs[0], caption };
      if (packs.length > 1) body = { media_group: packs.map((pack, index) => (index ? pack : { ...pack, caption })) };
      const answer = await api.send({ ...address, ...body, reply_to, ...rest });
      this.sent(answer);
      return answer;
    });
  }

  /** Until the bot has confirmed the update, the message bears one tick. */
  sent(answer) {
    const updates = answer.update_ids ?? [answer.update_id];
    (answer.message_ids ?? [answer.message_id]).forEach((id, index) => { if (updates[index]) this.waiting.set(`${this.chat.key}/${id}`, updates[index]); });
    this.world.refreshQueue();
  }

  isWaiting(message) { return this.waiting.has(`${this.chat.key}/${message.message_id}`); }

  /** first: the oldest update that still waits, by bot (undefined: none). */
  confirmed(first) {
    let changed = false;
    for (const [key, update] of this.waiting) {
      const limit = first.get(this.chat?.bot);
      if (limit === undefined || update < limit) changed = this.waiting.delete(key);
    }
    if (changed) this.log.render(this.messages, { group: !this.private });
  }

  edit(message, text) {
    return this.doing(() => api.edit({ ...this.address, message_id: message.message_id, [message.text !== undefined ? "text" : "caption"]: text }));
  }

  editLast() {
    const own = this.messages.filter((message) => message.from?.id === this.me.id && message.text).pop();
    if (own) this.composer.setContext({ kind: "edit", message: own });
  }

  async onVote(poll, option_ids) {
    const done = await this.doing(() => api.vote({ from: this.me.id, poll_id: poll.id, option_ids, bot: this.chat.bot }));
    if (!done) return;
    this.votes.set(poll.id, option_ids);
    await this.refresh();
  }

  async onPress(message, button) {
    const key = `${message.message_id}/${button.callback_data}`;
    if (this.pressed.has(key)) return;
    const release = () => { clearTimeout(press.timer); this.pressed.delete(key); this.markPressed(message.message_id); };
    const press = { release, timer: setTimeout(release, PRESS_WAIT) };
    this.pressed.set(key, press);
    this.markPressed(message.message_id);
    try {
      const answer = await api.press({ ...this.address, message_id: message.message_id, data: button.callback_data });
      press.id = String(answer.callback_query_id);
      this.world.awaitAnswer(press.id, this);
    } catch (problem) {
      release();
      this.toast(problem.message);
    }
  }

  markPressed(id) {
    for (const key of this.log.find(id)?.querySelectorAll("[data-key]") || []) {
      const busy = this.isPressed(id, key.dataset.key);
      key.classList.toggle("busy", busy);
      if (busy) key.setAttribute("aria-busy", "true"); else key.removeAttribute("aria-busy");
    }
  }

  /** The bot answered a press: {text?, show_alert?, url?}. */
  answered(id, { text, show_alert: alert, url }) {
    for (const press of this.pressed.values()) if (press.id === id) press.release();
    if (text && alert) dialog(this.device, { title: this.botName, body: text, choices: [[this.say("ok"), true]] });
    else if (text) this.toast(text);
    if (url) window.open(url, "_blank", "noopener,noreferrer");
    this.refresh();
  }

  onDeepLink({ bot, start, group }) {
    const target = this.chats.find((chat) => chat.type === "private" && this.world.bots.find((other) => other.id === chat.bot)?.username?.toLowerCase() === bot?.toLowerCase());
    if (!target || group) { this.toast(target ? "Adding a bot to a group is not played here." : `@${bot} does not live in this simulator.`); return; }
    if (target.key !== this.chat.key) this.open(target);
    if (start !== null && start !== undefined) this.send({ text: `/start ${start}`.trim() });
  }

  async shareContact() { if (await consent(this, "shareContact")) await this.send({ contact: true }); }
  async shareLocation() { if (await consent(this, "shareLocation")) await this.send({ location: HERE }); }
  block(blocked) { return this.doing(() => api.block(this.me.id, this.chat.bot, blocked)).then(() => this.world.people()); }
  language(code) { return this.doing(() => api.language(this.me.id, code)).then(() => this.world.people()); }

  /** Emoji to react with; pressing the one that is there takes it back. */
  reactionRow(message) {
    const has = (emoji) => (message.reactions || []).some((one) => (one.emoji ?? one.type?.emoji) === emoji);
    const react = (emoji) => () => this.doing(() => api.react({ ...this.address, message_id: message.message_id, reaction: has(emoji) ? [] : [{ type: "emoji", emoji }] }));
    return REACTIONS.map((emoji) => ({ emoji, on: has(emoji), onpick: react(emoji) }));
  }

  onActions(message, opener) {
    const mine = message.from?.id === this.me.id;
    const words = message.text ?? message.caption;
    menu(this.device, opener, [
      { label: this.say("reply"), icon: "reply", onpick: () => this.composer.setContext({ kind: "reply", message }) },
      mine && words !== undefined ? { label: this.say("edit"), icon: "pencil", onpick: () => this.composer.setContext({ kind: "edit", message }) } : null,
      mine ? { label: this.say("delete"), icon: "cross", danger: true, onpick: () => this.doing(() => api.edit({ ...this.address, message_id: message.message_id, delete: true })) } : null,
      words ? { label: this.say("copy"), icon: "copy", onpick: () => navigator.clipboard?.writeText(words).then(() => this.toast(this.say("copied")), () => undefined) } : null,
    ], { label: "Message actions", row: this.reactionRow(message) });
  }
}
