// Fetches the page anew every data-live seconds and changes only the parts that differ. Pages work without it.

const every = Number(document.body.dataset.live) * 1000;
const stale = document.querySelector("[data-stale]");
let failed = 0;

function reading() {
  // nobody's place is taken from under their hands: not while they select, play or open something
  const media = [...document.querySelectorAll("audio, video")].some((one) => !one.paused);
  return media || !getSelection().isCollapsed;
}

function replace(fresh) {
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!other || other.innerHTML === part.dataset.was) continue;
    part.dataset.was = other.innerHTML;
    const open = new Set([...part.querySelectorAll("details[open]")].map((one) => one.id));
    const focused = part.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : null;
    part.replaceChildren(...other.childNodes);
    for (const one of part.querySelectorAll("details")) one.open = open.has(one.id);
    if (focused) (document.getElementById(focused) || part.querySelector(`[href="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
  }
}

async function refresh() {
  if (document.hidden || reading()) return;
  try {
    const answer = await fetch(location.href, { headers: { "X-Refresh": "1", Accept: "text/html" }, cache: "no-store" });
    if ([401, 403, 404].includes(answer.status)) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    failed = 0;
    stale.textContent = "";
  } catch {
    failed += 1;
    if (failed > 1) stale.textContent = stale.dataset.stale;
  }
}

// on a phone the head's pages are one line: the one that is open is brought into it
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

if (every) {
  for (const part of document.querySelectorAll("[data-part]")) part.dataset.was = part.innerHTML;
  setInterval(refresh, every);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
}
