// Dates as a phone shows them: in its owner's language and zone, counted from the simulator's clock and not from the real one.
// Whoever reads is {locale, zone?}: a phone, or the bar at the top. Without a zone of their own the page's holds.

const cache = new Map();
let zone; // the page's; undefined: the browser's own

/** The zone in which times are shown (an IANA name), where the simulator or the address (?zone=) names one. */
export function showIn(name) {
  if (name && name !== zone && known(name)) zone = name;
}

/** The zone if the browser knows it, else undefined. */
export function known(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name || undefined;
  } catch {
    console.warn(`not a time zone: ${name}`);
    return undefined;
  }
}

/** "Shanghai" for whoever lives by another zone than the page's, else an empty text. */
export const elsewhere = ({ zone: own }) => (own && own !== zone ? own.split("/").pop().replaceAll("_", " ") : "");

function format({ locale, zone: own }, options) {
  const timeZone = own || zone;
  const key = locale + timeZone + JSON.stringify(options);
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(locale, { ...options, timeZone }));
  return cache.get(key);
}

const moment = (unix) => new Date(unix * 1000);

export const timeOf = (unix, reader) => format(reader, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment(unix));

/** The local date, as 2026-03-01. */
export const dayKey = (unix, reader) => format({ locale: "en-CA", zone: reader.zone }, { year: "numeric", month: "2-digit", day: "2-digit" }).format(moment(unix));

/** Hours and minutes, and the date, for the top bar. */
export const clockTime = (unix) => timeOf(unix, { locale: "en-GB" });
export const clockDate = (unix) => format({ locale: "en-GB" }, { weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(moment(unix));

export function dayOf(unix, now, reader) {
  const { locale } = reader;
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const days = Math.round((Date.parse(dayKey(unix, reader)) - Date.parse(dayKey(now, reader))) / 86400000);
  if (days === 0 || days === -1) {
    const word = relative.format(days, "day");
    return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
  }
  const year = dayKey(unix, reader).slice(0, 4) === dayKey(now, reader).slice(0, 4) ? undefined : "numeric";
  return format(reader, { month: "long", day: "numeric", year }).format(moment(unix));
}

export const fullDate = (unix, reader) => format(reader, { dateStyle: "full", timeStyle: "medium" }).format(moment(unix));

export function relativeTo(unix, now, locale) {
  const seconds = unix - now;
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) || ["second", 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** The text of a date_time entity: its format is r, or any of w (weekday), d or D (date), t or T (time); empty shows the bot's words. */
export function dateEntity(unix, pattern, now, reader) {
  if (!pattern) return null;
  if (pattern === "r") return relativeTo(unix, now, reader.locale);
  const options = {};
  const has = (letter) => pattern.includes(letter);
  if (has("w")) options.weekday = "long";
  if (has("d")) Object.assign(options, { day: "2-digit", month: "2-digit", year: "2-digit" });
  if (has("D")) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (has("t") || has("T")) Object.assign(options, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  if (has("T")) options.second = "2-digit";
  return Object.keys(options).length ? format(reader, options).format(moment(unix)) : null;
}

export function lasting(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function sizeOf(bytes) {
  if (!bytes && bytes !== 0) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1048576).toFixed(1)} MB`;
}
