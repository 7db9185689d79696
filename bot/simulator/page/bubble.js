// One message, or one album, as a bubble; and the small notices between messages.

import { avatar, fullName, h, icon } from "./dom.js";
import { richLines } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { album, media, summary } from "./media.js";
import { pollBody } from "./poll.js";
import { fullDate, timeOf } from "./when.js";

/** What happened in a group, as one line, or null for an ordinary message. */
export function notice(message, say) {
  const who = fullName(message.from);
  if (message.new_chat_members?.length) return say("joined", { name: message.new_chat_members.map(fullName).join(", ") });
  if (message.left_chat_member) return say("left", { name: fullName(message.left_chat_member) });
  if (message.pinned_message) return say("pinnedIt", { name: who });
  if (message.group_chat_created || message.supergroup_chat_created) return say("created", { name: who });
  if (message.new_chat_title) return `${who}: ${message.new_chat_title}`;
  if (message.new_chat_photo) return say("newPhoto", { name: who });
  if (message.delete_chat_photo) return say("noPhoto", { name: who });
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return say("grown");
  if (message.web_app_data) return message.web_app_data.button_text || "Mini App";
  return null;
}

function reactions(message, ctx) {
  const list = message.reactions || [];
  if (!list.length) return null;
  const counted = new Map();
  for (const item of list) {
    const emoji = item.emoji || item.type?.emoji || item.reaction?.emoji || "❓";
    counted.set(emoji, (counted.get(emoji) || 0) + (item.count || item.total_count || 1));
  }
  return h("div", { class: "reactions" }, [...counted].map(([emoji, n]) => h("span", { class: "reaction", "aria-label": `Reaction ${emoji}, ${n}` }, emoji, n > 1 ? h("b", {}, n) : null)));
}

function meta(message, ctx, mine) {
  const edited = message.edited || message.edit_date;
  const waiting = mine && ctx.isWaiting(message);
  return h(
    "span", { class: "meta", dir: ctx.direction, title: fullDate(message.date, ctx) },
    message.pinned ? icon("pinned", "small") : null, message.silent ? h("span", { class: "mute", role: "img", "aria-label": "Sent without sound" }, icon("mute", "small")) : null,
    edited ? h("span", {}, ctx.say("edited")) : null, h("time", { datetime: new Date(message.date * 1000).toISOString() }, timeOf(message.date, ctx)),
    mine ? h("span", { class: "ticks", role: "img", "aria-label": waiting ? "Sent" : "Received by the bot" }, icon(waiting ? "tick" : "ticks")) : null,
  );
}

function quoted(message, ctx) {
  const to = message.reply_to_message;
  if (!to) return null;
  const tone = Math.abs(Number(to.from?.id) || 0) % 7;
  return h(
    "button", { type: "button", class: `quoted tone-${tone}`, "aria-label": `${ctx.say("reply")}: ${fullName(to.from || ctx.bot)}`, "aria-description": summary(to, ctx.say), onclick: () => ctx.onJump(to.message_id) },
    h("b", { dir: "auto" }, fullName(to.from || ctx.bot)), h("span", { dir: "auto" }, message.quote?.text || summary(to, ctx.say)),
  );
}

function forwarded(message, ctx) {
  const origin = message.forward_origin;
  if (!origin) return null;
  const name = fullName(origin.sender_user || origin.sender_chat || origin.chat) || origin.sender_user_name || "";
  return h("div", { class: "forwarded", dir: "auto" }, ctx.say("forwarded", { name }));
}

function through(message) {
  return message.via_bot ? h("div", { class: "forwarded", dir: "ltr" }, `via @${message.via_bot.username}`) : null;
}

function words(message, ctx) {
  const opened = ctx.private && message.from?.id === ctx.me.id && /^\/start \S+$/.test(message.text);
  if (opened) return { text: "/start", entities: message.entities }; // the token of a link stays out of sight, as in Telegram
  if (message.text !== undefined && message.text !== null) return { text: message.text, entities: message.entities };
  if (message.caption) return { text: message.caption, entities: message.caption_entities };
  return null;
}

const bigEmoji = (text) => text && text.length <= 12 && /^(\p{Extended_Pictographic}(️|‍\p{Extended_Pictographic}|\p{Emoji_Modifier})*){1,3}$/u.test(text.trim());

/**
 * A bubble for one message or the messages of one album.
 * place: {first, last, group}: where it stands in a run of the same sender, and whether names are shown.
 */
export function bubble(messages, ctx, place) {
  const head = messages[0];
  const tail = messages[messages.length - 1];
  const mine = head.from?.id === ctx.me.id;
  const said = words(messages.find((message) => message.text || message.caption) || head, ctx);
  const carried = head.poll ? null : messages.length > 1 ? album(messages, ctx) : media(head, ctx);
  const bare = !said && (head.sticker || head.dice || head.video_note);
  const wide = carried?.classList.contains("wide");
  const huge = said && !carried && bigEmoji(said.text);
  const label = h("span", { class: "visually-hidden" }, `${mine ? "You" : fullName(head.from || ctx.bot)}: `);
  const text = said ? h("div", { class: "text" }, richLines(said.text, said.entities, ctx)) : null;
  const [stamp, liked] = [meta(tail, ctx, mine), reactions(tail, ctx)];
  const lastLine = text && !head.show_caption_above_media && !liked ? text.lastElementChild : null;
  const tucked = Boolean(lastLine?.matches(".said-line"));
  if (tucked) lastLine.append(stamp); // beside the last words, where there is room
  const name = place.group && !mine && place.first ? h("div", { class: `sender tone-${Math.abs(head.from?.id || 0) % 7}`, dir: "auto" }, fullName(head.from || ctx.bot)) : null;
  const body = h(
    "div", { class: ["bubble", wide ? "has-wide" : "", bare ? "bare" : "", huge ? "huge" : "", said ? "has-text" : "", head.poll ? "has-poll" : ""].join(" ") },
    label, name, forwarded(head, ctx), through(head), quoted(head, ctx), head.show_caption_above_media ? text : null, head.poll ? pollBody(head, ctx) : carried,
    head.show_caption_above_media ? null : text, liked, tucked ? null : stamp,
  );
  const more = h("button", { type: "button", class: "more", tabindex: "-1", "aria-label": "Message actions", onclick: (event) => ctx.onActions(head, event.currentTarget) }, icon("chevron"));
  const column = h("div", { class: "column" }, h("div", { class: "bubble-line" }, body, more), inlineKeyboard(tail, ctx));
  const face = place.group && !mine ? (place.last ? avatar(fullName(head.from || ctx.bot), head.from?.id, "small") : h("span", { class: "avatar-gap" })) : null;
  return h(
    "div",
    {
      class: ["message", mine ? "mine" : "theirs", place.first ? "first" : "", place.last ? "last" : ""].join(" "), tabindex: "-1",
      data: { messageId: String(head.message_id) }, oncontextmenu: (event) => { if (!event.target.closest("a")) { event.preventDefault(); ctx.onActions(head, more); } },
    },
    face, column,
  );
}
