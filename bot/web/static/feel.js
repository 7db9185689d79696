// What a page does besides showing (a module, as refresh.js is: their names are their own): says that something is under way, wears Telegram's colours, turns photos. Pages work without it.

const root = document.documentElement;

// --- Telegram's colours: it hands them to the first page in the address, and tells when they change ------------------

const THEME = "davy-theme";

function channels(colour) {
  const found = /^#?([0-9a-f]{6})$/i.exec(colour || "");
  return found ? [0, 2, 4].map((at) => parseInt(found[1].slice(at, at + 2), 16) / 255) : null;
}

function light(colour) {
  const [r, g, b] = channels(colour).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [a, b] = [light(one), light(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

// A theme that somebody painted may be hard to read: then ours of the same brightness stays. Our own faint words and badges
// need grounds that are clearly light or clearly dark.
function wear(theme) {
  const { bg_color: card, secondary_bg_color: page = card, text_color: ink } = theme || {};
  if (![card, page, ink].every(channels)) return;
  const dark = light(card) < 0.2;
  root.dataset.theme = dark ? "dark" : "light";
  const clear = [card, page].every((ground) => (dark ? light(ground) <= 0.04 : light(ground) >= 0.72) && contrast(ink, ground) >= 7);
  for (const [name, colour] of Object.entries({ card, page, ink })) {
    if (clear) root.style.setProperty(`--${name}`, colour);
    else root.style.removeProperty(`--${name}`);
  }
}

function remember(text) {
  try {
    const theme = JSON.parse(text);
    sessionStorage.setItem(THEME, JSON.stringify(theme));
    wear(theme);
  } catch {
    // no theme, or no place to keep it: ours it is
  }
}

try {
  const handed = new URLSearchParams(location.hash.slice(1)).get("tgWebAppThemeParams");
  if (handed) remember(handed);
  else if (sessionStorage.getItem(THEME)) wear(JSON.parse(sessionStorage.getItem(THEME)));
} catch {
  // a browser that keeps nothing
}
addEventListener("message", (event) => {
  if (!/^https:\/\/([a-z]+\.)?telegram\.org$/.test(event.origin) || typeof event.data !== "string") return;
  try {
    const said = JSON.parse(event.data);
    if (said.eventType === "theme_changed") remember(JSON.stringify(said.eventData.theme_params));
  } catch {
    // not for us
  }
});

// --- Something is under way ------------------------------------------------------------------------------------------

let over;

function busy(on) {
  clearTimeout(over);
  root.toggleAttribute("data-busy", on);
  for (const button of document.querySelectorAll("button[aria-busy]")) if (!on) button.removeAttribute("aria-busy");
  // what is handed over as a file leaves the page where it is: nobody says when it has come
  if (on) over = setTimeout(busy, 10_000, false);
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (root.hasAttribute("data-busy") && event.submitter?.getAttribute("aria-busy")) return event.preventDefault();
  busy(true);
  event.submitter?.setAttribute("aria-busy", "true");
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
  if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
  busy(true);
});
addEventListener("pageshow", () => busy(false));
addEventListener("pagehide", () => busy(false));

// --- Photos: they open by their address (:target); here they can be turned and closed by keys --------------------------

function open() {
  const at = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  return at?.classList.contains("viewer") ? at : null;
}

addEventListener("hashchange", (event) => {
  const viewer = open();
  if (viewer) return viewer.querySelector(".viewer-close")?.focus();
  const left = new URL(event.oldURL).hash;
  document.querySelector(`a.photo[href="${CSS.escape(left)}"], a.photo[href="${left}"]`)?.focus({ preventScroll: true });
});
document.addEventListener("keydown", (event) => {
  const viewer = open();
  if (!viewer) return;
  const forward = root.dir === "rtl" ? "ArrowLeft" : "ArrowRight", back = root.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  const to = { Escape: ".viewer-close", [forward]: ".viewer-next", [back]: ".viewer-back" }[event.key];
  if (!to) return;
  event.preventDefault();
  viewer.querySelector(to)?.click();
});
