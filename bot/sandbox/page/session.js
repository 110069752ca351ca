/** What the page knows at this moment; one of it, shared by all views. */

import { words } from "./words.js";

export const session = {
  /** Id of the person one is acting as. */
  me: 0,
  /** @type {{id: number, name: string, username: string}} */
  bot: { id: 0, name: "", username: "" },
  /** @type {Map<number, {id: number, name: string, username: string|null, note: string}>} */
  people: new Map(),
  /** Chats this person sees, by id. */
  chats: new Map(),
  /** The chat on screen, or null. */
  chat: null,
  /** The forum topic on screen, or null for all of them. */
  topic: null,
};

/** The name a chat is listed under: a private chat is called after the bot. */
export function chatName(chat) {
  return chat.type === "private" ? session.bot.name : chat.title;
}

/** Who a message shows as its sender: a person, the bot, or a chat speaking as itself. */
export function senderOf(message) {
  if (message.sender_chat) {
    const { id, title } = message.sender_chat;
    return { id, name: title, isBot: false, isChat: true };
  }
  const from = message.from ?? { id: 0, name: "", is_bot: false };
  return { id: from.id, name: from.name, isBot: from.is_bot, isChat: false };
}

/** Whether a message was sent by the person one is acting as, under their own name. */
export function isMine(message) {
  return !message.sender_chat && message.from?.id === session.me;
}

/** A message on one line, for lists, quotes and the pinned bar. */
export function summary(message) {
  if (message.service) return serviceLine(message);
  const text = (message.text ?? message.caption ?? "").replace(/\s+/g, " ").trim();
  if (message.poll) return `[${words.poll}] ${message.poll.question}`;
  if (message.photo) return `[${words.photo}] ${text}`.trim();
  if (message.document) return `[${words.file}] ${text || message.document.file_name}`;
  return text;
}

/** What happened, for messages that tell of an event in the chat. */
export function serviceLine(message) {
  const names = message.service_names ?? [];
  const by = message.from?.name;
  const say = words.service[message.service];
  if (say) return say(names.length ? names.join(", ") : by, by);
  return [message.service, ...names].join(" ");
}
