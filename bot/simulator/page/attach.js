// The attachment menu: pictures, files, sound, film, a place, a contact, and ready-made hazard pictures.

import { h, iconButton } from "./dom.js";
import { dialog, menu } from "./panels.js";
import { sizeOf } from "./when.js";

export const SAMPLES = [
  { file: "wet-floor-cable.jpg", title: "Wet floor, cable across a walkway" },
  { file: "blocked-exit.jpg", title: "Blocked emergency exit" },
  { file: "unguarded-belt.jpg", title: "Machine belt without its guard" },
];

/** Where the phone is, unless somebody types another place: the Davy lamp was first tried near here. */
export const HERE = { latitude: 54.9247, longitude: -1.5481 };

const urls = new WeakMap();

function urlOf(file) {
  if (!urls.has(file)) urls.set(file, URL.createObjectURL(file));
  return urls.get(file);
}

/** A chosen file in the tray above the input. */
export function preview(file, drop) {
  const shown = file.kind === "photo" ? h("img", { src: urlOf(file.file), alt: "" }) : h("span", { class: "tray-file" }, file.file.name.split(".").pop().slice(0, 4));
  return h("div", { class: "tray-item", title: `${file.file.name}, ${sizeOf(file.file.size)}` }, shown, iconButton("cross", `Remove ${file.file.name}`, drop, "tiny"));
}

function choose(composer, kind, accept, multiple) {
  const input = h("input", { type: "file", accept, multiple, hidden: true, "aria-label": `Choose: ${kind}`, data: { kind } });
  const done = () => input.remove();
  input.addEventListener("change", () => { composer.add([...input.files].map((file) => ({ kind, file }))); done(); });
  input.addEventListener("cancel", done);
  composer.node.append(input);
  input.click();
}

async function sample(phone, { file, title }) {
  const response = await fetch(`/page/samples/${file}`);
  const blob = await response.blob();
  await phone.send({ files: [{ kind: "photo", file: new File([blob], file, { type: blob.type }) }], title });
}

async function place(phone) {
  const field = (label, value) => h("label", {}, h("span", {}, label), h("input", { type: "number", step: "any", value, dir: "ltr" }));
  const body = h("div", { class: "fields" }, field("Latitude", HERE.latitude), field("Longitude", HERE.longitude));
  const read = () => [...body.querySelectorAll("input")].map((input) => input.valueAsNumber);
  const answer = await dialog(phone.device, { title: phone.say("location"), body, role: "dialog", choices: [[phone.say("cancel"), null], ["Send this location", read]] });
  if (!answer) return;
  const [latitude, longitude] = answer;
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) { phone.toast("A latitude lies within ±90 and a longitude within ±180."); return; }
  await phone.send({ location: { latitude, longitude } });
}

export function attachMenu(phone, composer, opener) {
  const samples = () => menu(
    phone.device, opener,
    SAMPLES.map((entry) => ({ label: entry.title, picture: `/page/samples/${entry.file}`, onpick: () => sample(phone, entry).catch((problem) => phone.toast(problem.message)) })),
    { label: "Sample hazard photos", above: true, extra: "pictures" },
  );
  menu(phone.device, opener, [
    { label: "Sample hazard photo", icon: "warning", onpick: () => setTimeout(samples) },
    { label: "Photo", icon: "camera", onpick: () => choose(composer, "photo", "image/*", true) },
    { label: "Video", icon: "video", onpick: () => choose(composer, "video", "video/*", false) },
    { label: "File", icon: "file", onpick: () => choose(composer, "document", "", true) },
    { label: "Voice message", icon: "mic", onpick: () => choose(composer, "voice", "audio/*", false) },
    { label: "Location", icon: "pin", onpick: () => place(phone) },
    { label: "Contact", icon: "person", onpick: () => phone.shareContact() },
  ], { label: "Attach", above: true });
}

/** The question Telegram asks before a bot is told where the phone is or whose it is. */
export async function consent(phone, key) {
  const say = phone.say;
  return dialog(phone.device, { title: phone.botName, body: say(key), choices: [[say("cancel"), false], [say("share"), true]] });
}


