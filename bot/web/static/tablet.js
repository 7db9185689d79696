// Counts down to signing out where everybody can see it, and says that somebody is still there. Pages work without it.

const clock = document.querySelector("[data-idle]");
const seconds = Number(clock.dataset.idle);
const csrf = clock.dataset.csrf;
let until = Date.now() + seconds * 1000;
let said = Date.now();

function gone() {
  document.body.replaceChildren(); // nothing of a person stays on the screen, also while the next page is on its way
  location.replace("/tablet/done");
}

async function still() {
  until = Date.now() + seconds * 1000;
  if (Date.now() - said < 15000) return;
  said = Date.now();
  const answer = await fetch("/tablet/stay", { method: "POST", headers: { "X-Csrf": csrf } }).catch(() => null);
  if (answer && answer.status === 401) gone();
}

function tick() {
  const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  clock.textContent = String(left);
  clock.closest(".countdown").classList.toggle("soon", left <= 15);
  if (left === 0) gone();
}

for (const what of ["pointerdown", "keydown", "scroll", "input"]) addEventListener(what, still, { passive: true });
addEventListener("pageshow", (event) => event.persisted && gone());
setInterval(tick, 500);

// sent once: a second touch of a glove is not a second press
for (const form of document.forms) {
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((one) => (one.disabled = true))));
}
for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    input.closest("label").querySelector("[data-chosen]").textContent = [...input.files].map((file) => file.name).join(", ");
  });
}
