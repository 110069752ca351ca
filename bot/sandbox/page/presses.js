/** Buttons under messages: which are waiting for the bot, and what it answers. */

import { alertDialog } from "./dialogs.js";
import { attempt, toast } from "./notices.js";
import { server } from "./server.js";
import { session } from "./session.js";

const waiting = new Set();

/** Whether a button waits for its answer; a message drawn anew keeps its spinner so. */
export function isPressing(message, row, column) {
  return waiting.has(key(message, row, column));
}

/**
 * Press a button and show the answer.
 * @param {number} message its id in the chat on screen
 * @param {(address: string) => void} follow opens a link the bot answers with
 */
export async function press(message, row, column, follow) {
  const name = key(message, row, column);
  if (waiting.has(name)) return;
  waiting.add(name);
  mark(message, row, column, true);
  const answer = await attempt(() =>
    server.press({ as: session.me, chat: session.chat.id, message_id: message, row, col: column }),
  );
  waiting.delete(name);
  mark(message, row, column, false);
  if (answer?.url) follow(answer.url);
  if (answer?.text) showAnswer(answer);
}

/** A bot's answer to a press: a line that passes, or a dialog that waits. */
export function showAnswer({ text, alert }) {
  if (alert) alertDialog(text);
  else toast(text);
}

function key(message, row, column) {
  return [session.me, session.chat?.id, message, row, column].join(":");
}

function mark(message, row, column, busy) {
  const button = document.querySelector(
    `.message[data-id="${message}"] .press[data-row="${row}"][data-column="${column}"]`,
  );
  if (busy) button?.setAttribute("aria-busy", "true");
  else button?.removeAttribute("aria-busy");
}
