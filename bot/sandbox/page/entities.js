/** Text with Telegram's entities. Their offsets count UTF-16 units, as JavaScript's strings do. */

import { el } from "./dom.js";
import { words } from "./words.js";

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

/**
 * Lay out a text with its entities, nested ones inside one another.
 * @param {string} text
 * @param {{type: string, offset: number, length: number}[]} entities
 * @returns {DocumentFragment}
 */
export function formatted(text, entities = []) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fragment.append(...pieces(text, 0, text.length, sorted));
  return fragment;
}

function pieces(text, start, end, entities) {
  const made = [];
  let at = start;
  let i = 0;
  while (i < entities.length) {
    const entity = entities[i];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    let next = i + 1;
    while (next < entities.length && entities[next].offset < to) next += 1;
    if (from < to) {
      if (from > at) made.push(text.slice(at, from));
      const inside = pieces(text, from, to, entities.slice(i + 1, next));
      made.push(wrapped(entity, text.slice(from, to), inside));
      at = to;
      // A block ends its own line; the line break that follows it is the same one.
      if (BLOCKS.has(entity.type) && text[at] === "\n" && at < end) at += 1;
    }
    i = next;
  }
  if (at < end) made.push(text.slice(at, end));
  return made;
}

function wrapped(entity, covered, inside) {
  switch (entity.type) {
    case "bold":
      return el("strong", {}, inside);
    case "italic":
      return el("em", {}, inside);
    case "underline":
      return el("u", {}, inside);
    case "strikethrough":
      return el("s", {}, inside);
    case "code":
      return el("code", {}, inside);
    case "pre":
      return el("pre", {}, el("code", { data: { language: entity.language ?? "" } }, inside));
    case "spoiler":
      return el(
        "span.spoiler",
        { role: "button", tabindex: "0", "aria-label": words.showSpoiler, data: { act: "reveal" } },
        el("span.hidden-text", { "aria-hidden": "true" }, inside),
      );
    case "blockquote":
      return el("blockquote", {}, inside);
    case "expandable_blockquote":
      return el(
        "blockquote.expandable",
        { role: "button", tabindex: "0", data: { act: "expand" } },
        inside,
      );
    case "text_link":
      return link(entity.url, inside);
    case "url":
      return link(/^[a-z][a-z0-9+.-]*:/i.test(covered) ? covered : `https://${covered}`, inside);
    case "email":
      return link(`mailto:${covered}`, inside);
    case "phone_number":
      return link(`tel:${covered}`, inside);
    case "bot_command":
      return el(
        "button.command",
        { type: "button", data: { act: "command", command: covered } },
        inside,
      );
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return el("span.mention", {}, inside);
    default:
      return el("span", {}, inside);
  }
}

function link(address, inside) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !SAFE.has(url.protocol)) return el("span", {}, inside);
  return el(
    "a",
    { href: url.href, target: "_blank", rel: "noopener noreferrer", data: { act: "link" } },
    inside,
  );
}
