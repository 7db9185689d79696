// Inline keyboards under a message, and the reply keyboard under the input.

import { h, icon } from "./dom.js";
import { deepLink, safeUrl } from "./entities.js";

function corner(button) {
  if (button.url || button.login_url) return "out";
  if (button.web_app) return "window";
  if (button.copy_text) return "copy";
  if (button.switch_inline_query !== undefined || button.switch_inline_query_current_chat !== undefined) return "share";
  return null;
}

async function act(button, message, ctx) {
  const url = button.url || button.login_url?.url;
  if (button.callback_data !== undefined) return ctx.onPress(message, button);
  if (button.web_app) return ctx.openApp(button.web_app.url, button.text);
  if (url) {
    const inside = deepLink(url);
    if (inside) return ctx.onDeepLink(inside);
    const safe = safeUrl(url);
    if (safe) window.open(safe, "_blank", "noopener,noreferrer");
    else ctx.toast("This link cannot be opened.");
    return undefined;
  }
  if (button.copy_text) {
    await navigator.clipboard?.writeText(button.copy_text.text).catch(() => undefined);
    return ctx.toast(ctx.say("copied"));
  }
  return ctx.toast("This kind of button is not played by the simulator.");
}

/** The rows of an inline keyboard, or null. A pressed button turns until its callback is answered. */
export function inlineKeyboard(message, ctx) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  const one = (button) => {
    const sign = corner(button);
    const busy = ctx.isPressed(message.message_id, button.callback_data);
    return h(
      "button",
      {
        type: "button", class: `key ${button.style || ""} ${busy ? "busy" : ""}`, "aria-busy": busy ? "true" : null, disabled: Boolean(button.disabled),
        data: { key: button.callback_data ?? "" }, onclick: () => act(button, message, ctx),
      },
      h("span", { dir: "auto" }, button.text), sign ? icon(sign, "corner") : null, h("span", { class: "spinner", "aria-hidden": "true" }),
    );
  };
  return h("div", { class: "keys" }, rows.map((row) => h("div", { class: "key-row" }, row.map(one))));
}

/** The reply keyboard that is up: the newest message to this person that set one and was not removed after. Null when none. */
export function currentKeyboard(messages, me) {
  for (let i = messages.length - 1; i >= 0; i -= 1) {
    const markup = messages[i].reply_markup;
    if (!markup || messages[i].from?.id === me.id) continue;
    if (markup.remove_keyboard) return null;
    if (markup.keyboard || markup.force_reply) return { ...markup, message: messages[i] };
  }
  return null;
}

/** Buttons of a reply keyboard. onKey(button) sends its text or what it asks for. */
export function replyKeyboard(markup, onKey) {
  const one = (button) => {
    const spec = typeof button === "string" ? { text: button } : button;
    const sign = spec.request_contact ? "person" : spec.request_location ? "pin" : spec.web_app ? "window" : null;
    return h("button", { type: "button", class: `reply-key ${spec.style || ""}`, onclick: () => onKey(spec) }, sign ? icon(sign) : null, h("span", { dir: "auto" }, spec.text));
  };
  const rows = markup.keyboard.map((row) => h("div", { class: "key-row" }, row.map(one)));
  return h("div", { class: `reply-keys ${markup.resize_keyboard ? "" : "tall"}`, role: "group", "aria-label": "Reply keyboard" }, rows);
}
