// What a page does besides showing: says that something is under way, wears Telegram's colours, turns photos. Pages work without it.

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

function wear(theme) {
  const { bg_color: card, secondary_bg_color: page, text_color: ink, link_color: link } = theme || {};
  if (!channels(card)) return;
  const dark = light(card) < 0.2;
  root.dataset.theme = dark ? "dark" : "light";
  // a theme that somebody painted may be hard to read: then ours of the same brightness stays
  if (!channels(ink) || contrast(ink, card) < 7 || (channels(page) && contrast(ink, page) < 7)) return;
  if (light(card) > 0.03 && light(card) < 0.8) return;
  root.style.setProperty("--card", card);
  root.style.setProperty("--ink", ink);
  if (channels(page) && (light(page) <= 0.03 || light(page) >= 0.8)) root.style.setProperty("--page", page);
  if (channels(link) && contrast(link, card) >= 4.5 && contrast(link, page || card) >= 4.5) root.style.setProperty("--accent", link);
  if (channels(link) && root.style.getPropertyValue("--accent")) root.style.setProperty("--accent-soft", card);
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
