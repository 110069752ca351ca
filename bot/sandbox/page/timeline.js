/** The messages of one conversation: days, in them runs of one sender, in them messages. */

import { el } from "./dom.js";
import { senderAvatar, unitElement } from "./message.js";
import { isMine, senderOf } from "./session.js";
import { dateLine, dayKey } from "./times.js";

/** Longest pause, in seconds, within one run. */
const PAUSE = 15 * 60;

/**
 * A timeline only ever adds, changes and takes away single elements.
 * A unit is what is drawn at once: one message, or all of an album.
 */
export class Timeline {
  #root;
  #units = new Map();
  #tail;

  constructor(root) {
    this.#root = root;
    this.clear();
  }

  clear() {
    this.#units.clear();
    this.#root.replaceChildren();
    this.#tail = tailAt(this.#root);
  }

  get size() {
    return this.#units.size;
  }

  get ids() {
    return [...this.#units.keys()].sort((a, b) => a - b);
  }

  has(id) {
    return this.#units.has(id);
  }

  /** The message with this id, or undefined. */
  message(id) {
    return this.#units.get(id)?.messages.find((one) => one.message_id === id);
  }

  /** All messages in order. */
  get messages() {
    return this.ids.map((id) => this.message(id));
  }

  /** The element of a message, or undefined. */
  node(id) {
    const unit = this.#units.get(id);
    return unit?.messages.length === 1 ? unit.node : unit?.node.querySelector(`[data-id="${id}"]`);
  }

  /** Add a message below all others. */
  append(message) {
    this.#grow(this.#tail, message);
  }

  /** Add older messages, oldest first, above all others. */
  prepend(messages) {
    if (!messages.length) return;
    const firstDay = this.#root.firstElementChild;
    const above = tailAt(el("div"));
    for (const message of messages) this.#grow(above, message);
    const joint = above.day;
    this.#root.prepend(...above.root.children);
    if (!firstDay) {
      this.#tail = { ...above, root: this.#root };
    } else if (firstDay.dataset.day === joint.dataset.day) {
      this.#stitch(joint, above, firstDay);
    }
  }

  /** Draw a message anew with what it says now. */
  change(message) {
    const unit = this.#units.get(message.message_id);
    if (!unit) return;
    const at = unit.messages.findIndex((one) => one.message_id === message.message_id);
    unit.messages[at] = message;
    this.#redraw(unit);
  }

  /** Take a message away, with its run and day where it was the last in them. */
  remove(id) {
    const unit = this.#units.get(id);
    if (!unit) return;
    this.#units.delete(id);
    unit.messages = unit.messages.filter((one) => one.message_id !== id);
    if (unit.messages.length) {
      this.#redraw(unit);
      return;
    }
    const run = unit.node.closest(".run");
    const day = unit.node.closest(".day");
    unit.node.remove();
    if (!run.querySelector(".stack").childElementCount) run.remove();
    if (day.childElementCount === 1) day.remove();
    if (!this.#tail.run?.isConnected) this.#tail = tailAt(this.#root);
  }

  #grow(tail, message) {
    const album = message.media_group_id && tail.unit?.messages[0].media_group_id;
    if (album && album === message.media_group_id) {
      tail.unit.messages.push(message);
      this.#units.set(message.message_id, tail.unit);
      this.#redraw(tail.unit);
      tail.message = message;
      return;
    }
    const key = dayKey(message.date);
    if (tail.day?.dataset.day !== key) {
      const title = el("h3.date", {}, dateLine(message.date));
      tail.day = el("section.day", { data: { day: key } }, title);
      tail.run = null;
      tail.root.append(tail.day);
    }
    if (!tail.run || !follows(tail.message, message)) {
      tail.run = runElement(message);
      tail.day.append(tail.run);
    }
    tail.unit = { messages: [message], node: unitElement([message]) };
    tail.message = message;
    this.#units.set(message.message_id, tail.unit);
    tail.run.querySelector(".stack").append(tail.unit.node);
  }

  /** Join the last day of the upper part with the same day below it. */
  #stitch(joint, above, firstDay) {
    const run = firstDay.querySelector(".run");
    const first = this.message(Number(run?.querySelector("[data-id]").dataset.id));
    firstDay.querySelector(".date").remove();
    if (first && follows(above.message, first)) {
      above.run.querySelector(".stack").append(...run.querySelector(".stack").children);
      run.remove();
      if (this.#tail.run === run) this.#tail.run = above.run;
    }
    joint.append(...firstDay.children);
    firstDay.remove();
    if (this.#tail.day === firstDay) this.#tail.day = joint;
  }

  #redraw(unit) {
    const focused = unit.node.contains(document.activeElement) && document.activeElement;
    const node = unitElement(unit.messages);
    unit.node.replaceWith(node);
    unit.node = node;
    if (focused) refocus(node, focused);
  }
}

function tailAt(root) {
  return { root, day: null, run: null, unit: null, message: null };
}

/** Whether a message stands in the same run as the one before it. */
function follows(before, message) {
  return (
    !before.service &&
    !message.service &&
    senderOf(before).id === senderOf(message).id &&
    isMine(before) === isMine(message) &&
    before.topic === message.topic &&
    message.date - before.date < PAUSE
  );
}

function runElement(message) {
  if (message.service) return el("div.run.run-service", {}, el("div.stack"));
  const side = isMine(message) ? "run-own" : "run-other";
  return el(
    `div.run.${side}`,
    {},
    side === "run-other" && el("div.face", {}, senderAvatar(message)),
    el("div.stack"),
  );
}

/** After a redraw, give the focus back to what stands in the same place. */
function refocus(node, focused) {
  const { act, row, column } = focused.dataset;
  const button = `[data-row="${row}"][data-column="${column}"]`;
  const place = row === undefined ? `[data-act="${act}"]` : button;
  (act ? node.querySelector(place) : node)?.focus({ preventScroll: true });
}
