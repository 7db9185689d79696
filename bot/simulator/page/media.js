// What a message carries besides words: pictures, albums, files, sound, film, places, people.

import { avatar, fullName, h, icon } from "./dom.js";
import { lasting, sizeOf } from "./when.js";

const bestSize = (photo) => [...photo].sort((a, b) => (a.width || 0) - (b.width || 0)).pop();

function frame(width, height) {
  const ratio = width && height ? Math.min(2.2, Math.max(0.62, width / height)) : 4 / 3;
  return { aspectRatio: String(ratio) };
}

function picture(message, ctx, inAlbum) {
  const size = bestSize(message.photo);
  const source = ctx.fileUrl(size.file_id);
  const label = ctx.say("photo"); // the caption is read after it
  const image = h("img", { src: source, alt: "", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => button.classList.add("broken"));
  const button = h("button", {
    type: "button", class: "picture", "aria-label": label, style: inAlbum ? {} : frame(size.width, size.height),
    onclick: () => {
      if (button.classList.contains("veiled")) button.classList.remove("veiled");
      else ctx.openPicture(source, label);
    },
  }, image);
  if (message.has_media_spoiler) button.classList.add("veiled");
  return button;
}

function film(file, ctx, looping) {
  const source = ctx.fileUrl(file.file_id);
  if ((file.mime_type || "").startsWith("image/")) return h("img", { class: "film", src: source, alt: ctx.say("video"), style: frame(file.width, file.height) });
  return h("video", {
    class: "film", src: source, controls: !looping, autoplay: looping, loop: looping, muted: looping, playsinline: true,
    preload: "metadata", "aria-label": ctx.say("video"), style: frame(file.width, file.height),
  });
}

function bars(seed) {
  let state = [...(seed || "voice")].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  return Array.from({ length: 34 }, () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return h("i", { style: { height: `${18 + (state >>> 24) / 3.2}%` } });
  });
}

function sound(file, ctx, kind) {
  const audio = new Audio();
  audio.preload = "none";
  const left = h("span", { class: "length" }, lasting(file.duration));
  const title = kind === "audio" ? [file.performer, file.title].filter(Boolean).join(" – ") || file.file_name : null;
  const label = `${ctx.say(kind)} ${title || ""} ${lasting(file.duration)}`.replace(/\s+/g, " ");
  const toggle = () => {
    if (!audio.src) audio.src = ctx.fileUrl(file.file_id);
    if (audio.paused) audio.play().catch(() => ctx.toast("This sound cannot be played here."));
    else audio.pause();
  };
  const button = h("button", { type: "button", class: "round", "aria-label": label, onclick: toggle }, icon("play"), icon("pause"));
  const wave = h("span", { class: "wave", "aria-hidden": "true" }, bars(file.file_unique_id));
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, () => button.classList.toggle("playing", !audio.paused));
  audio.addEventListener("timeupdate", () => {
    const share = audio.duration ? audio.currentTime / audio.duration : 0;
    wave.style.setProperty("--played", `${share * 100}%`);
    left.textContent = lasting(audio.currentTime);
  });
  return h("div", { class: "sound" }, button, h("div", { class: "sound-side" }, title ? h("b", { dir: "auto" }, title) : wave, left));
}

function file(document, ctx) {
  const name = document.file_name || ctx.say("file");
  const ending = name.includes(".") ? name.split(".").pop().slice(0, 4) : "";
  return h(
    "a", { class: "file", href: ctx.fileUrl(document.file_id), download: name, "aria-label": `${ctx.say("download")}: ${name}, ${sizeOf(document.file_size)}` },
    h("span", { class: "round file-kind", data: { ending: ending.toLowerCase() } }, ending ? h("b", {}, ending) : icon("file"), icon("down")),
    h("span", { class: "file-side" }, h("b", { dir: "auto" }, name), h("span", { class: "faint", dir: "ltr" }, sizeOf(document.file_size))),
  );
}

function place(location, venue) {
  const degrees = (value, plus, minus) => `${Math.abs(value).toFixed(4)}° ${value < 0 ? minus : plus}`;
  const where = `${degrees(location.latitude, "N", "S")}, ${degrees(location.longitude, "E", "W")}`;
  const shift = { backgroundPosition: `${((location.longitude * 997) % 160).toFixed(0)}px ${((location.latitude * 991) % 160).toFixed(0)}px` };
  return h(
    "div", { class: "place", role: "img", "aria-label": `${venue ? `${venue.title}, ` : ""}${where}` },
    h("div", { class: "map", style: shift }, h("span", { class: "pin" }, icon("pin"))),
    h("div", { class: "place-side" }, venue ? [h("b", { dir: "auto" }, venue.title), h("span", { dir: "auto" }, venue.address)] : null, h("span", { class: "faint", dir: "ltr" }, where)),
  );
}

function card(contact) {
  const name = fullName(contact);
  return h(
    "div", { class: "contact" }, avatar(name, contact.user_id || name.length, "big"),
    h("span", { class: "file-side" }, h("b", { dir: "auto" }, name), h("span", { class: "accent", dir: "ltr" }, contact.phone_number)),
  );
}

const DICE = { "🎲": "⚀⚁⚂⚃⚄⚅" };

/** The media part of a message, or null. Pictures and films fill the bubble's width ("wide"). */
export function media(message, ctx) {
  if (message.photo) return h("div", { class: "wide" }, picture(message, ctx));
  if (message.animation) return h("div", { class: "wide" }, film(message.animation, ctx, true));
  if (message.video) return h("div", { class: "wide" }, film(message.video, ctx, false));
  if (message.video_note) return h("div", { class: "note" }, film(message.video_note, ctx, false));
  if (message.sticker) return h("img", { class: "sticker", src: ctx.fileUrl(message.sticker.file_id), alt: `${ctx.say("sticker")} ${message.sticker.emoji || ""}` });
  if (message.voice) return sound(message.voice, ctx, "voice");
  if (message.audio) return sound(message.audio, ctx, "audio");
  if (message.document) return file(message.document, ctx);
  if (message.venue) return place(message.venue.location, message.venue);
  if (message.location) return place(message.location, null);
  if (message.contact) return card(message.contact);
  if (message.dice) return h("div", { class: "dice" }, DICE[message.dice.emoji]?.[message.dice.value - 1] || `${message.dice.emoji} ${message.dice.value}`);
  return null;
}

/** Pictures and films of one album as a grid; albums of files are simply listed. */
export function album(messages, ctx) {
  const flat = messages.every((message) => message.photo || message.video);
  if (!flat) return h("div", { class: "file-list" }, messages.map((message) => media(message, ctx)));
  const cells = messages.map((message) => (message.photo ? picture(message, ctx, true) : film(message.video, ctx, false)));
  return h("div", { class: `wide album of-${Math.min(cells.length, 10)}`, role: "group", "aria-label": ctx.say("album") }, cells);
}

/** One line that stands for a message: in the pinned bar, in a reply's quotation, in the switcher. */
export function summary(message, say) {
  if (!message) return say("deleted");
  const words = message.text || message.caption || message.poll?.question;
  if (words) return words.replace(/\s+/g, " ").slice(0, 120);
  const kinds = ["photo", "video", "voice", "audio", "sticker", "location", "contact", "poll"];
  if (message.document) return message.document.file_name || say("file");
  const kind = kinds.find((name) => message[name]);
  return kind ? say(kind) : say("message");
}
