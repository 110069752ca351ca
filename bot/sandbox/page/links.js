/** Links that lead back into the sandbox: to the bot's private chat, or to a message. */

import { session } from "./session.js";

/**
 * Where a link leads inside the sandbox, or null where it leads out of it.
 * @param {string} address
 * @returns {{start: string}|{chat: number, message: number}|null}
 */
export function inward(address) {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol === "tg:") {
    const ours = sameName(url.searchParams.get("domain") ?? "");
    return ours ? { start: url.searchParams.get("start") ?? "" } : null;
  }
  if (!["t.me", "telegram.me"].includes(url.hostname)) return null;
  const [first, ...rest] = url.pathname.split("/").filter(Boolean);
  if (first === "c" && rest.length >= 2) {
    return { chat: Number(`-100${rest[0]}`), message: Number(rest.at(-1)) };
  }
  return sameName(first ?? "") ? { start: url.searchParams.get("start") ?? "" } : null;
}

function sameName(username) {
  return username.toLowerCase() === (session.bot.username ?? "").toLowerCase();
}
