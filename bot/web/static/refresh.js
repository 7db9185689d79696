// Keeps an open page new: by a stream that says when something has changed, else by asking every data-live seconds. Only the parts
// that differ are changed. Pages work without it.

const every = Number(document.body.dataset.live) * 1000;
const stale = document.querySelector("[data-stale]");
const LONGEST = 60_000; // how long to wait at most before a stream is tried again, and between looks while there is one
let stream = document.body.dataset.stream || "";
let failed = 0, tries = 0, source = null, asked = Date.now(), waiting = 0, running = false, again = false;

function typed(one) {
  if (one.type === "hidden" || one.type === "submit" || one.type === "button") return false;
  if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
  if (one.type === "file") return one.files.length > 0;
  if (one.tagName === "SELECT") {
    const first = [...one.options].findIndex((option) => option.defaultSelected);
    return one.selectedIndex !== Math.max(first, 0);
  }
  return one.value !== one.defaultValue;
}

function busy() {
  // nobody's place is taken from under their hands: not while they select, play or open something
  const media = [...document.querySelectorAll("main audio, main video")].some((one) => !one.paused);
  return media || !getSelection().isCollapsed || !!document.querySelector("dialog[open]");
}

function writing(part) {
  // the part in which somebody types or has chosen something stays as it is, the others go on
  const at = document.activeElement;
  const fields = [...part.querySelectorAll("input, select, textarea")];
  return fields.some(typed) || (part.contains(at) && at.matches("input:not([type=checkbox], [type=radio]), select, textarea"));
}

function named(one, at) {
  return one.id || `nth ${at}`;
}

function replace(fresh) {
  stream = fresh.body.dataset.stream || stream;
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!other || other.innerHTML === part.dataset.was) continue;
    if (writing(part)) { again = true; continue; }
    part.dataset.was = other.innerHTML;
    const open = new Map([...part.querySelectorAll("details")].map((one, at) => [named(one, at), one.open]));
    const focused = part.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : null;
    part.replaceChildren(...other.childNodes);
    part.querySelectorAll("details").forEach((one, at) => { if (open.has(named(one, at))) one.open = open.get(named(one, at)); });
    if (focused) (document.getElementById(focused) || part.querySelector(`[href="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
    part.dispatchEvent(new CustomEvent("renewed", { bubbles: true }));
  }
}

async function refresh() {
  if (document.hidden) return;
  if (busy()) { again = true; return; }
  if (running) { again = true; return; } // one at a time: what has come meanwhile is asked for afterwards
  running = true;
  again = false;
  asked = Date.now();
  try {
    const answer = await fetch(location.href, { headers: { "X-Refresh": "1", Accept: "text/html" }, cache: "no-store" });
    if ([401, 403, 404].includes(answer.status)) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (busy()) { again = true; return; }
    replace(new DOMParser().parseFromString(text, "text/html"));
    failed = 0;
    stale.textContent = "";
  } catch {
    failed += 1;
    if (failed > 1) stale.textContent = stale.dataset.stale;
  } finally {
    running = false;
  }
  if (again) soon(0);
}

function soon(spread) {
  // many boards are told at once: each asks at a moment of its own within the time that the server needs for all
  if (waiting) return;
  waiting = setTimeout(() => { waiting = 0; refresh(); }, Math.random() * spread);
}

function listen() {
  // a hidden page has no stream: a browser opens only six connections to one host, and the next page would wait for one
  if (!stream || source || document.hidden || !window.EventSource) return;
  source = new EventSource(stream);
  source.addEventListener("open", () => { tries = 0; });
  source.addEventListener("change", (event) => soon(Number(event.data) || 0));
  source.addEventListener("over", () => { hush(); refresh().finally(later); });
  source.addEventListener("error", () => { hush(); later(); });
}

function hush() {
  source?.close();
  source = null;
}

function later() {
  tries += 1;
  setTimeout(listen, Math.min(LONGEST, 1000 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random() / 2));
}

if (every) {
  for (const part of document.querySelectorAll("[data-part]")) part.dataset.was = part.innerHTML;
  setInterval(() => {
    const heard = source?.readyState === 1 ? LONGEST : every;
    if (again || Date.now() - asked >= heard - 500) refresh();
  }, Math.min(every, 5000));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return hush();
    refresh();
    listen();
  });
  listen();
}
