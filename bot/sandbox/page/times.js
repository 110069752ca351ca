/** Moments of the bot's clock, in words. Moments are unix seconds. */

import { lang } from "./words.js";

const locale = lang === "zh" ? "zh-CN" : "en-GB";
const DAY = 86_400;

let formats = formatsFor("Asia/Shanghai");

/** Show all times in this IANA zone from now on. */
export function useZone(zone) {
  formats = formatsFor(zone);
}

/** Hours and minutes: 07:50. */
export const hourMinute = (moment) => formats.minute.format(moment * 1000);

/** Hours, minutes and seconds: 07:49:55. */
export const hourSecond = (moment) => formats.second.format(moment * 1000);

/** Date and weekday: 11月23日 周一, Mon 23 Nov. */
export const dateLine = (moment) =>
  lang === "zh"
    ? `${formats.date.format(moment * 1000)} ${formats.weekday.format(moment * 1000)}`
    : formats.dated.format(moment * 1000);

/** The day a moment falls on, as 2026-11-23; equal for moments of one day. */
export const dayKey = (moment) => formats.key.format(moment * 1000);

/** What a chat list shows: the hour today, the weekday this week, else the date. */
export function briefly(moment, now) {
  if (dayKey(moment) === dayKey(now)) return hourMinute(moment);
  const format = Math.abs(now - moment) < 6 * DAY ? formats.weekday : formats.date;
  return format.format(moment * 1000);
}

/** Date and time in full, for tooltips. */
export const fully = (moment) => formats.full.format(moment * 1000);

function formatsFor(timeZone) {
  const make = (options, language = locale) =>
    new Intl.DateTimeFormat(language, { timeZone, hourCycle: "h23", ...options });
  return {
    minute: make({ hour: "2-digit", minute: "2-digit" }),
    second: make({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    date: make({ month: lang === "zh" ? "long" : "short", day: "numeric" }),
    dated: make({ weekday: "short", month: "short", day: "numeric" }),
    weekday: make({ weekday: "short" }),
    key: make({ year: "numeric", month: "2-digit", day: "2-digit" }, "sv-SE"),
    full: make({ dateStyle: "full", timeStyle: "medium" }),
  };
}
