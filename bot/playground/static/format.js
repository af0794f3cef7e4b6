// Times, days and sizes in the words of the chosen language.

import { locale, t } from "./i18n.js";

const date = (seconds) => new Date(seconds * 1000);

export const clock = (seconds) => date(seconds).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });

export const precise = (seconds) =>
  date(seconds).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

export const moment = (seconds) => date(seconds).toLocaleString(locale(), { dateStyle: "long", timeStyle: "medium" });

/** A key that is equal for two times of the same local day. */
export const dayKey = (seconds) => date(seconds).toDateString();

export function day(seconds) {
  const then = date(seconds);
  const now = new Date();
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (then.toDateString() === now.toDateString()) return t("today");
  if (then.toDateString() === yesterday.toDateString()) return t("yesterday");
  const year = then.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString(locale(), { day: "numeric", month: "long", year });
}

/** For the list of chats: the time today, else a short date. */
export function when(seconds) {
  if (dayKey(seconds) === new Date().toDateString()) return clock(seconds);
  return date(seconds).toLocaleDateString(locale(), { day: "numeric", month: "short" });
}

export function size(bytes) {
  const units = t("units").split(" ");
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toLocaleString(locale(), { maximumFractionDigits: value < 10 && unit ? 1 : 0 })}\u00a0${units[unit]}`;
}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };

/** What a message or draft says, without its form: rich ones may have it in their HTML only. */
export function plain(message) {
  if (message.text || !message.html) return (message.text ?? "").trim();
  const bare = message.html.replace(/<[^>]*>/g, " ").replace(/&([#\w]+);/g, (whole, name) => ENTITIES[name] ?? whole);
  return bare.replace(/\s+/g, " ").trim();
}

/** One line about a message: its words, or what it brings. */
export function gist(message, longest) {
  return plain(message).slice(0, longest) || (message.photo ? t("photo") : (message.document?.name ?? ""));
}
