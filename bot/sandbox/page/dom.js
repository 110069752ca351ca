/** Building the page: elements from data, never from markup. */

import { icons } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * Build an element. Strings among the children become text nodes, so data stays data.
 * @param {string} selector tag and classes, such as "button.round.small"
 * @param {Record<string, any>} [properties] attributes; `on…` functions are listeners,
 *   `data` an object of data attributes, `testid` the stable hook for scripts
 * @param {...(Node|string|number|null|false|Array)} children
 * @returns {HTMLElement}
 */
export function el(selector, properties = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "testid") node.dataset.testid = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...kept(children));
  return node;
}

/** Put these children in place of those a node has. */
export function fill(node, ...children) {
  node.replaceChildren(...kept(children));
}

/** A line drawing from `icons`, of the size of the text around it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const d of icons[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** A round button that shows only an icon; its label is read out and shown on hover. */
export function iconButton(name, label, properties = {}) {
  return el(
    "button.round",
    { type: "button", "aria-label": label, title: label, ...properties },
    icon(name),
  );
}

/** The colour of a person or chat, one of eight, always the same for the same id. */
export function hue(id) {
  return `hue-${Math.abs(Number(id)) % 8}`;
}

/** A coloured disc with the beginning of a name; the bot has a sunrise instead. */
export function avatar({ id, name, isBot = false }) {
  if (isBot) return el("span.avatar.avatar-bot", { "aria-hidden": "true" }, icon("sunrise"));
  const letters = id < 0 ? beginning(name) : initial(name);
  return el(`span.avatar.${hue(id)}`, { "aria-hidden": "true" }, letters);
}

/** Whether the page is as narrow as a phone: one pane at a time. */
export function isNarrow() {
  return matchMedia("(max-width: 760px)").matches;
}

/** "smooth", unless the person asked their system for less motion. */
export function scrolling() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}

function kept(children) {
  return children.flat(Infinity).filter((child) => child === 0 || child === "" || child);
}

function initial(name) {
  const [first = "?"] = letters(name);
  return first.toUpperCase();
}

/** Of a group's name two characters where they are Chinese: one alone (一, 二) says too little. */
function beginning(name) {
  return /^\p{Script=Han}{2}/u.exec(letters(name))?.[0] ?? initial(name);
}

const letters = (name) => (name ?? "").replace(/^[^\p{L}\p{N}]+/u, "");
