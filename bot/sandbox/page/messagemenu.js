/** What can be done with one message. */

import { el } from "./dom.js";
import { chooseOne } from "./dialogs.js";
import { openMenu } from "./menu.js";
import { attempt, toast } from "./notices.js";
import { chosenOptions } from "./poll.js";
import { server } from "./server.js";
import { chatName, isMine, session } from "./session.js";
import { words } from "./words.js";

/**
 * Open the menu of a message.
 * @param {object} message
 * @param {{x: number, y: number}|Element} where
 * @param {{composer: object, conversation: object}} views
 */
export function messageMenu(message, where, { composer, conversation }) {
  const text = message.text ?? message.caption;
  const voted = message.poll && !message.poll.is_closed && chosenOptions(message.poll).length > 0;
  const menu = openMenu(
    where,
    [
      { text: words.reply, icon: "reply", act: () => composer.reply(message) },
      isMine(message) &&
        message.text !== null && {
          text: words.edit,
          icon: "edit",
          act: () => composer.edit(message),
        },
      text && { text: words.copy, icon: "copy", act: () => copy(text) },
      { text: words.forward, icon: "forward", act: () => forward(message) },
      voted &&
        message.poll.type !== "quiz" && {
          text: words.retractVote,
          icon: "poll",
          act: () => conversation.vote(message.message_id, []),
        },
    ],
    { label: words.messageMenu, top: reactionBar(message, conversation, () => menu.hidePopover()) },
  );
}

function reactionBar(message, conversation, close) {
  const mine = message.reactions?.find((one) => one.mine)?.emoji;
  return el(
    "div.react-bar",
    { role: "group", "aria-label": words.react },
    words.reactions.map((emoji) =>
      el(
        "button.react-choice",
        {
          type: "button",
          "aria-pressed": String(emoji === mine),
          onclick: () => {
            close();
            conversation.react(message.message_id, emoji);
          },
        },
        emoji,
      ),
    ),
  );
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast(words.copied);
}

function forward(message) {
  const from = { chat: session.chat.id, message_id: message.message_id };
  const items = [...session.chats.values()].map((chat) => ({
    id: chat.id,
    name: chatName(chat),
    isBot: chat.type === "private",
    note: chat.type === "private" ? words.botPrivate : words.members(chat.members),
  }));
  chooseOne({ title: words.forwardTo, items }, (chat) =>
    attempt(() => server.say({ as: session.me, chat, forward_from: from })),
  );
}
