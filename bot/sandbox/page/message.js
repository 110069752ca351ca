/** One message, or one album, as it stands in the conversation. */

import { avatar, el, hue, icon } from "./dom.js";
import { formatted } from "./entities.js";
import { documentCard, photoFrame } from "./media.js";
import { pollCard } from "./poll.js";
import { isPressing } from "./presses.js";
import { isMine, senderOf, serviceLine, session } from "./session.js";
import { fully, hourMinute } from "./times.js";
import { words } from "./words.js";

const FEW_EMOJI = /^(?:\p{Extended_Pictographic}[\u{FE0F}\u{200D}\p{Emoji_Modifier}]*){1,3}$/u;

/**
 * The element for the messages of one unit: a single one, or the members of an album.
 * @param {object[]} messages oldest first, at least one
 */
export function unitElement(messages) {
  return messages.length === 1 ? messageElement(messages[0]) : albumElement(messages);
}

/** The face beside a run of messages. */
export function senderAvatar(message) {
  return avatar(senderOf(message));
}

function messageElement(message) {
  if (message.service) {
    return article(message, "service", el("span.service-line", {}, serviceLine(message)));
  }
  const text = message.text ?? message.caption;
  const entities = message.text === null ? message.caption_entities : message.entities;
  const large = !message.caption && FEW_EMOJI.test(text ?? "");
  const shape = [
    message.buttons?.length && "with-buttons",
    message.photo && "with-photo",
    message.photo && !text && "bare-photo",
    large && "large-emoji",
  ];
  return article(
    message,
    shape.filter(Boolean).join(" "),
    el(
      "div.bubble",
      {},
      heading(message),
      message.photo && photoFrame(message),
      message.document && documentCard(message),
      message.poll && pollCard(message),
      text &&
        el("div.text", {}, formatted(text, entities ?? []), !reacted(message) && meta(message)),
      foot(message, message, !text),
    ),
    buttonRows(message),
  );
}

function albumElement(messages) {
  const [first] = messages;
  const last = messages.at(-1);
  const captioned = messages.find((message) => message.caption);
  const photos = messages.every((message) => message.photo);
  return el(
    `div.album.${isMine(first) ? "own" : "other"}`,
    {},
    el(
      "div.bubble",
      {},
      heading(first),
      el(
        photos ? "div.grid" : "div.pile",
        { data: { count: messages.length } },
        messages.map((message) =>
          article(message, "cell", message.photo ? photoFrame(message) : documentCard(message)),
        ),
      ),
      captioned &&
        el(
          "div.text",
          {},
          formatted(captioned.caption, captioned.caption_entities ?? []),
          !reacted(first) && meta(last),
        ),
      foot(first, last, !captioned),
    ),
  );
}

function article(message, classes, ...children) {
  const side = isMine(message) ? "own" : "other";
  const kind = message.from?.is_bot && !message.sender_chat ? "from-bot" : "";
  return el(
    `article.message.${[side, kind, ...classes.split(" ")].filter(Boolean).join(".")}`,
    {
      tabindex: "-1",
      testid: `message-${session.chat.id}-${message.message_id}`,
      data: { id: message.message_id },
    },
    children,
  );
}

function heading(message) {
  const sender = senderOf(message);
  return [
    el(
      `div.author.${sender.isBot ? "author-bot" : hue(sender.id)}`,
      {},
      el("span.author-name", {}, sender.name),
      sender.isBot && el("span.badge", {}, words.bot),
      sender.isChat && el("span.author-note", {}, words.anonymousAdmin),
    ),
    topicTag(message),
    message.forward &&
      el("div.forwarded", {}, icon("forward"), words.forwarded(message.forward.name)),
    message.reply_to &&
      el(
        "button.quote",
        { type: "button", data: { act: "jump", target: message.reply_to.message_id } },
        el("span.quote-name", {}, message.reply_to.from_name),
        el("span.quote-text", {}, message.reply_to.text || `[${words.photo}]`),
      ),
  ];
}

/** In the view of all topics, which one a message belongs to. */
function topicTag(message) {
  if (!message.topic || session.topic !== null) return null;
  const topic = session.chat.topics?.find((one) => one.id === message.topic);
  return topic && el("div.topic-tag", {}, icon("hash"), topic.name);
}

/** Time and "edited", at the end of the last line. */
function meta(message) {
  return el(
    "span.meta",
    { title: fully(message.date) },
    message.edit_date && el("span.edited", {}, words.edited),
    el("time", {}, hourMinute(message.date)),
  );
}

const reacted = (message) => message.reactions?.length > 0;

/** What stands below the text: reactions, and the time where the text does not carry it. */
function foot(message, last, bare) {
  if (!reacted(message)) return bare && meta(last);
  return el(
    "div.foot",
    {},
    message.reactions.map((reaction) =>
      el(
        "button.reaction",
        {
          type: "button",
          "aria-pressed": String(Boolean(reaction.mine)),
          data: { act: "react", emoji: reaction.emoji, id: message.message_id },
        },
        el("span.emoji", {}, reaction.emoji),
        el("span.count", {}, reaction.count),
      ),
    ),
    meta(last),
  );
}

function buttonRows(message) {
  if (!message.buttons?.length) return null;
  return el(
    "div.buttons",
    {},
    message.buttons.map((buttons, row) =>
      el(
        "div.button-row",
        {},
        buttons.map((button, column) => pressable(message, button, row, column)),
      ),
    ),
  );
}

function pressable(message, button, row, column) {
  if (button.url) {
    return el(
      "a.press",
      { href: button.url, target: "_blank", rel: "noopener noreferrer", data: { act: "link" } },
      el("span.press-text", {}, button.text),
      icon("link"),
    );
  }
  return el(
    "button.press",
    {
      type: "button",
      "aria-busy": isPressing(message.message_id, row, column) ? "true" : null,
      data: { act: "press", row, column },
    },
    el("span.press-text", {}, button.text),
  );
}
