// Message text with its entities as DOM. Offsets are UTF-16 units, which is what JavaScript strings count in.

import { h } from "./dom.js";
import { dateEntity, fullDate } from "./when.js";

const SAFE = new Set(["http:", "https:", "mailto:", "tel:"]);

/** An address that may be followed, or null: no javascript:, data: or file: link leaves a message. */
export function safeUrl(text) {
  if (!text) return null;
  const guess = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  try {
    const url = new URL(guess);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** {bot, start} of a link into a bot (https://t.me/NAME?start=TOKEN, tg://resolve?domain=NAME&start=TOKEN), else null. */
export function deepLink(text) {
  let url;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
  } catch {
    return null;
  }
  const query = url.searchParams;
  if (url.protocol === "tg:" && (url.host === "resolve" || url.pathname.includes("resolve"))) {
    return { bot: query.get("domain"), start: query.get("start"), group: query.has("startgroup") };
  }
  if (["t.me", "telegram.me", "telegram.dog"].includes(url.hostname)) {
    const name = url.pathname.split("/").filter(Boolean)[0];
    return name ? { bot: name, start: query.get("start"), group: query.has("startgroup") } : null;
  }
  return null;
}

function link(href, children, ctx) {
  const inside = deepLink(href);
  if (inside) {
    const follow = (event) => { event.preventDefault(); ctx.onDeepLink(inside); };
    return h("a", { href: safeUrl(href) || "#", onclick: follow }, children);
  }
  const safe = safeUrl(href);
  if (!safe) return h("span", { title: "A link that may not be opened" }, children);
  return h("a", { href: safe, target: "_blank", rel: "noopener noreferrer", title: safe }, children);
}

function spoiler(children) {
  const show = (event) => {
    const node = event.currentTarget;
    if (node.classList.contains("shown")) return;
    event.preventDefault();
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
  };
  const keys = (event) => { if (event.key === "Enter" || event.key === " ") show(event); };
  return h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text, press to show", onclick: show, onkeydown: keys }, h("span", {}, children));
}

function quote(children, expandable) {
  const block = h("blockquote", { class: expandable ? "expandable" : null }, inLines(children));
  if (expandable) {
    const toggle = () => button.setAttribute("aria-expanded", String(block.classList.toggle("open")));
    const button = h("button", { type: "button", class: "unfold", "aria-expanded": "false", "aria-label": "Show the whole quotation", onclick: toggle });
    block.append(button);
  }
  return block;
}

function code(entity, children) {
  const block = h("pre", { dir: "ltr" }, h("code", {}, children));
  return entity.language ? h("div", { class: "code-block" }, h("span", { class: "code-language" }, entity.language), block) : block;
}

function moment(entity, children, ctx) {
  const shown = dateEntity(entity.unix_time, entity.date_time_format, ctx.now(), ctx);
  const stamp = new Date(entity.unix_time * 1000);
  const iso = Number.isNaN(stamp.getTime()) ? null : stamp.toISOString();
  const relative = entity.date_time_format === "r" ? { relative: String(entity.unix_time) } : {};
  return h("time", { datetime: iso, title: iso && fullDate(entity.unix_time, ctx), data: relative }, shown ?? children);
}

function wrap(entity, text, children, ctx) {
  switch (entity.type) {
    case "bold": return h("strong", {}, children);
    case "italic": return h("em", {}, children);
    case "underline": return h("u", {}, children);
    case "strikethrough": return h("s", {}, children);
    case "spoiler": return spoiler(children);
    case "code": return h("code", { dir: "ltr" }, children);
    case "pre": return code(entity, children);
    case "blockquote": return quote(children, false);
    case "expandable_blockquote": return quote(children, true);
    case "text_link": return link(entity.url, children, ctx);
    case "url": return link(text, children, ctx);
    case "email": return link(`mailto:${text}`, children, ctx);
    case "phone_number": return link(`tel:${text.replace(/[^+\d]/g, "")}`, children, ctx);
    case "bot_command": return h("button", { type: "button", class: "command", dir: "ltr", onclick: () => ctx.onCommand(text) }, children);
    case "mention": case "text_mention": return h("span", { class: "mention" }, children);
    case "hashtag": case "cashtag": return h("span", { class: "mention" }, children);
    case "date_time": return moment(entity, children, ctx);
    default: return h("span", {}, children);
  }
}

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

function build(text, from, to, entities, ctx) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; ) {
    const entity = entities[i];
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    let next = i + 1;
    while (next < entities.length && entities[next].offset < end) next += 1;
    if (end <= start) { i += 1; continue; }
    if (start > at) nodes.push(text.slice(at, start));
    nodes.push(wrap(entity, text.slice(start, end), build(text, start, end, entities.slice(i + 1, next), ctx), ctx));
    at = BLOCKS.has(entity.type) && text[end] === "\n" && end < to ? end + 1 : end; // a block ends its own line
    i = next;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

const SPLIT = new Set(["bold", "italic", "underline", "strikethrough"]);

/** What only looks different ends with its line and begins again on the next one. */
function byLine(text, entities) {
  return entities.flatMap((entity) => {
    const end = entity.offset + entity.length;
    if (!SPLIT.has(entity.type) || !text.slice(entity.offset, end).includes("\n")) return [entity];
    const pieces = [];
    for (let at = entity.offset; at < end; ) {
      const stop = text.indexOf("\n", at);
      const until = stop < 0 || stop > end ? end : stop;
      if (until > at) pieces.push({ ...entity, offset: at, length: until - at });
      at = until + 1;
    }
    return pieces;
  });
}

const isBlock = (node) => ["BLOCKQUOTE", "PRE"].includes(node.tagName) || node.classList?.contains("code-block");

/** Nodes gathered into lines, each an element that finds its own direction: what one line says turns no other round. */
function inLines(nodes) {
  const lines = [[]];
  for (const node of nodes) {
    if (isBlock(node)) {
      if (!lines.at(-1).length) lines.pop();
      lines.push(node, []);
    } else if (typeof node === "string") {
      const [first, ...others] = node.split("\n");
      if (first) lines.at(-1).push(first);
      for (const part of others) lines.push(part ? [part] : []);
    } else {
      lines.at(-1).push(node);
    }
  }
  if (!lines.at(-1).length) lines.pop();
  return lines.map((line) => (Array.isArray(line) ? h("span", { class: "said-line", dir: "auto" }, line.length ? line : h("br")) : line));
}

/** Like richText, in lines. */
export function richLines(text, entities, ctx) {
  return inLines(richText(text, byLine(text || "", entities || []), ctx));
}

/** Nodes for text and its entities. ctx: {now(), locale, onCommand(text), onDeepLink({bot, start})}. */
export function richText(text, entities, ctx) {
  const rank = { blockquote: 0, expandable_blockquote: 0, pre: 1 };
  const sorted = [...(entities || [])].sort(
    (a, b) => a.offset - b.offset || b.length - a.length || (rank[a.type] ?? 2) - (rank[b.type] ?? 2),
  );
  return build(text || "", 0, (text || "").length, sorted, ctx);
}
