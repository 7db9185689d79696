// A Mini App in a sheet over the phone, and the messages it exchanges with the client that shows it.

import { api } from "./api.js";
import { fill, h, iconButton } from "./dom.js";
import { deepLink, safeUrl } from "./entities.js";
import { dialog } from "./panels.js";

const LIGHT = { bg_color: "#ffffff", secondary_bg_color: "#f1f3f5", text_color: "#111417", hint_color: "#707579", link_color: "#2481cc", button_color: "#2481cc", button_text_color: "#ffffff", header_bg_color: "#ffffff", section_bg_color: "#ffffff", accent_text_color: "#2481cc", subtitle_text_color: "#707579", destructive_text_color: "#cc2929" };
const DARK = { bg_color: "#17212b", secondary_bg_color: "#0f1720", text_color: "#f5f5f5", hint_color: "#8b9aa8", link_color: "#6ab3f3", button_color: "#3b8bd0", button_text_color: "#ffffff", header_bg_color: "#17212b", section_bg_color: "#17212b", accent_text_color: "#6ab3f3", subtitle_text_color: "#8b9aa8", destructive_text_color: "#ec6a6a" };

// What a Mini App may do, as Telegram's own web client lets it: everything but leading this page elsewhere.
const MAY = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads";

const theme = () => (matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT);

/** The address with what a client adds to the fragment besides the signed data. */
function complete(url) {
  const [page, fragment = ""] = url.split("#");
  const params = new URLSearchParams(fragment);
  const extra = { tgWebAppVersion: "9.1", tgWebAppPlatform: "web", tgWebAppThemeParams: JSON.stringify(theme()) };
  const added = Object.entries(extra).filter(([name]) => !params.has(name)).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${page}#${[fragment, ...added].filter(Boolean).join("&")}`;
}

class Sheet {
  constructor(phone, title) {
    this.phone = phone;
    this.before = document.activeElement;
    this.back = iconButton("back", "Back in the Mini App", () => this.tell("back_button_pressed"));
    this.back.hidden = true;
    this.wait = h("div", { class: "sheet-wait" }, h("span", { class: "spinner" }));
    this.frame = h("iframe", { title, onload: () => { this.wait.hidden = this.frame.src !== "about:blank"; }, allow: "clipboard-write; geolocation; camera", sandbox: MAY, referrerpolicy: "no-referrer" });
    this.main = h("button", { type: "button", class: "big-button main-button", hidden: true, onclick: () => this.tell("main_button_pressed") });
    const head = h("header", {}, iconButton("cross", "Close Mini App", () => this.close()), this.back, h("span", { class: "sheet-title", dir: "auto" }, h("b", {}, phone.botName), h("span", { class: "faint" }, "mini app")), iconButton("reload", "Reload Mini App", () => this.load()));
    this.node = h("div", { class: "sheet", role: "dialog", "aria-label": title }, head, h("div", { class: "sheet-body" }, this.wait, this.frame), this.main);
    this.node.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    this.listen = (event) => this.heard(event);
    addEventListener("message", this.listen);
    phone.device.append(this.node);
    head.querySelector("button").focus();
  }

  async load(url = this.url) {
    this.url = url;
    const answer = await api.webapp(this.phone.chat.bot, this.phone.me.id, url);
    this.wait.hidden = false;
    this.frame.src = "about:blank"; // a new fragment alone would not load the page again
    this.frame.src = complete(answer.url);
  }

  close() {
    removeEventListener("message", this.listen);
    this.node.classList.add("going");
    setTimeout(() => this.node.remove(), 180);
    this.before?.focus?.();
  }

  tell(eventType, eventData = {}) {
    const origin = new URL(this.frame.src, location.href).origin;
    this.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), origin);
  }

  heard(event) {
    if (event.source !== this.frame.contentWindow) return;
    let note;
    try { note = typeof event.data === "string" ? JSON.parse(event.data) : event.data; } catch { return; }
    const data = note?.eventData || {};
    const answer = {
      web_app_close: () => this.close(),
      web_app_setup_main_button: () => this.mainButton(data),
      web_app_setup_back_button: () => { this.back.hidden = !data.is_visible; },
      web_app_request_theme: () => this.tell("theme_changed", { theme_params: theme() }),
      web_app_request_viewport: () => this.tell("viewport_changed", { height: this.frame.clientHeight, is_state_stable: true, is_expanded: true }),
      web_app_open_link: () => { const safe = safeUrl(data.url); if (safe) window.open(safe, "_blank", "noopener,noreferrer"); },
      web_app_open_tg_link: () => { const inside = deepLink(`https://t.me${data.path_full || ""}`); if (inside) { this.close(); this.phone.onDeepLink(inside); } },
      web_app_open_popup: () => this.popup(data),
      web_app_data_send: () => { this.close(); this.phone.send({ web_app_data: { data: String(data.data ?? ""), button_text: this.title } }); },
    }[note?.eventType];
    answer?.();
  }

  mainButton(data) {
    this.main.hidden = !data.is_visible;
    this.main.disabled = data.is_active === false;
    fill(this.main, data.is_progress_visible ? h("span", { class: "spinner" }) : data.text || "Continue");
  }

  async popup(data) {
    const names = { ok: "OK", close: "Close", cancel: "Cancel" };
    const buttons = (data.buttons?.length ? data.buttons : [{ id: "", type: "close" }]).map((button) => [names[button.type] || button.text, button.id ?? "", button.type === "destructive" ? "danger" : ""]);
    const id = await dialog(this.phone.device, { title: data.title, body: data.message, choices: buttons });
    this.tell("popup_closed", id === null ? {} : { button_id: id });
  }
}

/** Opens the address inside the phone, signed by the server for this bot and this person. */
export async function openApp(phone, url, title) {
  phone.sheet?.close();
  const sheet = new Sheet(phone, title || "Mini App");
  sheet.title = title;
  phone.sheet = sheet;
  try {
    await sheet.load(url);
  } catch (problem) {
    sheet.close();
    phone.toast(problem.message);
  }
}

