// What lies over a phone for a moment: toasts, alerts, menus, a picture in full.

import { dismissable, h, icon, iconButton, walkMenu } from "./dom.js";

/** A passing notice, as answerCallbackQuery shows without show_alert. */
export function toast(host, text) {
  host.querySelector(".toast")?.remove();
  const node = h("div", { class: "toast", role: "status" }, h("span", { dir: "auto" }, text));
  host.append(node);
  setTimeout(() => node.classList.add("going"), 3600);
  setTimeout(() => node.remove(), 4000);
}

/** A question or an alert in the middle of the phone. choices: [[label, value, kind?]]; resolves with the value (null on Escape). */
export function dialog(host, { title, body, choices, role = "alertdialog" }) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const id = `dialog-${Math.random().toString(36).slice(2)}`;
    const done = (value) => { veil.remove(); before?.focus?.(); resolve(value); };
    const buttons = choices.map(([label, value, kind]) => h("button", { type: "button", class: `text-button ${kind || ""}`, onclick: () => done(typeof value === "function" ? value() : value) }, label));
    const box = h(
      "div", { class: "dialog", role, "aria-modal": "true", "aria-labelledby": title ? id : null, "aria-describedby": `${id}-body` },
      title ? h("h3", { id }, title) : null, h("div", { id: `${id}-body`, dir: "auto", class: "dialog-body" }, body), h("div", { class: "dialog-foot" }, buttons),
    );
    const veil = h("div", { class: "veil", onclick: (event) => { if (event.target === veil) done(null); } }, box);
    veil.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.stopPropagation(); done(null); }
      if (event.key === "Tab") trap(event, box);
    });
    host.append(veil);
    (box.querySelector("input, textarea") || buttons[buttons.length - 1]).focus();
  });
}

function trap(event, box) {
  const stops = [...box.querySelectorAll("button, input, textarea, select, a[href]")].filter((node) => !node.disabled);
  const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
  if (document.activeElement === edge) {
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }
}

/** A small menu beside a button. entries: [{label, icon?, picture?, onpick, danger?, sub?}]. Arrow keys move, Tab leaves it. */
export function menu(host, opener, entries, { label, above = false, extra = "", row = [] } = {}) {
  host.querySelector(".menu")?.remove();
  opener.setAttribute("aria-expanded", "true");
  const pick = (entry) => () => { shut(); entry.onpick(); };
  const rows = entries.filter(Boolean).map((entry) => h(
    "button", { type: "button", role: "menuitem", class: entry.danger ? "danger" : null, onclick: pick(entry) },
    entry.picture ? h("img", { src: entry.picture, alt: "" }) : entry.icon ? icon(entry.icon) : null,
    h("span", { class: "menu-words" }, h("span", { dir: "auto" }, entry.label), entry.sub ? h("span", { class: "faint", dir: "auto" }, entry.sub) : null),
  ));
  const faces = row.map((one) => h("button", { type: "button", role: "menuitem", "aria-label": `React ${one.emoji}`, "aria-pressed": String(one.on), onclick: pick(one) }, one.emoji));
  const node = h("div", { class: `menu ${above ? "above" : ""} ${extra}`, role: "menu", "aria-label": label }, faces.length ? h("div", { class: "menu-row" }, faces) : null, rows);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Tab") shut(); // the focus goes on from the button that opened it
    else walkMenu(event, [...faces, ...rows]);
  });
  host.append(node);
  place(node, opener, host, above);
  const shut = dismissable(node, () => {
    const inside = node.contains(document.activeElement);
    node.remove();
    opener.setAttribute("aria-expanded", "false");
    if (inside) opener.focus();
  });
  rows[0]?.focus({ preventScroll: true });
  return shut;
}

function place(node, opener, host, above) {
  const from = opener.getBoundingClientRect();
  const within = host.getBoundingClientRect();
  const width = node.offsetWidth;
  const left = Math.min(Math.max(8, from.left - within.left), Math.max(8, within.width - width - 8));
  node.style.left = `${left}px`;
  const room = within.bottom - from.bottom;
  if (above || room < node.offsetHeight + 12) node.style.bottom = `${Math.max(8, within.bottom - from.top + 6)}px`;
  else node.style.top = `${from.bottom - within.top + 6}px`;
}

/** A picture in full over the whole page. */
export function lightbox(source, label) {
  const before = document.activeElement;
  const box = h("div", { class: "lightbox", role: "dialog", "aria-modal": "true", "aria-label": label }, iconButton("cross", "Close picture", () => shut()), h("img", { src: source, alt: label }));
  const shut = () => { box.remove(); before?.focus?.(); };
  box.addEventListener("click", (event) => { if (event.target === box) shut(); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") shut();
    if (event.key === "Tab") trap(event, box);
  });
  document.body.append(box);
  box.querySelector("button").focus();
}
