/** Dialogs: a message to confirm, a line to write, a choice from a list. */

import { avatar, el, icon, iconButton } from "./dom.js";
import { words } from "./words.js";

/** Many enough to need a search field. */
const MANY = 8;

/**
 * Show a dialog; it leaves the page when closed.
 * @param {{title?: string, kind?: string}} options
 * @returns {HTMLDialogElement}
 */
export function openDialog({ title, kind = "card" }, ...children) {
  const dialog = el(
    `dialog.dialog.${kind}`,
    { "aria-label": title ?? words.messages },
    title &&
      el(
        "header.dialog-head",
        {},
        el("h2", {}, title),
        iconButton("close", words.close, { onclick: () => dialog.close() }),
      ),
    children,
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** A text that waits until it has been read. */
export function alertDialog(text) {
  const dialog = openDialog(
    { kind: "alert" },
    el("p.alert-text", { testid: "alert" }, text),
    el(
      "button.primary",
      { type: "button", autofocus: true, onclick: () => dialog.close() },
      words.ok,
    ),
  );
}

/** Ask for one line; `onGiven` gets it, unless it is empty. */
export function askLine({ title, label, action }, onGiven) {
  const input = el("input.field", {
    type: "text",
    "aria-label": label,
    placeholder: label,
    maxlength: 128,
  });
  const form = el(
    "form.dialog-form",
    { method: "dialog" },
    input,
    el("button.primary", { type: "submit" }, action),
  );
  form.addEventListener("submit", () => {
    const line = input.value.trim();
    if (line) onGiven(line);
  });
  openDialog({ title }, form);
  input.focus();
}

/**
 * Choose one of several people or chats.
 * @param {{title: string, items: Item[]}} options
 * @param {(id: number) => void} onChosen
 */
export function chooseOne({ title, items }, onChosen) {
  const dialog = openDialog(
    { title },
    pickList({
      items,
      onPick: (id) => {
        dialog.close();
        onChosen(id);
      },
    }),
  );
}

/**
 * A list to pick from, with a search field where it is long; arrows and Enter work in both.
 * @typedef {{id: number, name: string, note?: string, isBot?: boolean}} Item
 * @param {{items: Item[], current?: number, testid?: string, onPick: (id: number) => void}} options
 */
export function pickList({ items, current, testid, onPick }) {
  const rows = items.map((item) => {
    const row = el(
      "button.pick",
      {
        type: "button",
        role: "option",
        "aria-selected": String(item.id === current),
        testid: testid && `${testid}-${item.id}`,
        onclick: () => onPick(item.id),
      },
      avatar(item),
      el(
        "span.pick-words",
        {},
        el("span.pick-name", {}, item.name),
        item.note && el("span.pick-note", {}, item.note),
      ),
      item.id === current && icon("check"),
    );
    return { row, text: `${item.name} ${item.note ?? ""}`.toLowerCase() };
  });
  const nothing = el("p.pick-nothing", { hidden: rows.length > 0 }, words.nobody);
  const list = el("div.pick-list", { role: "listbox" }, rows.map(({ row }) => row), nothing);
  const search = el("input.field", {
    type: "search",
    placeholder: words.searchPeople,
    "aria-label": words.searchPeople,
    autofocus: true,
  });
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const { row, text } of rows) row.hidden = !text.includes(wanted);
    nothing.hidden = rows.some(({ row }) => !row.hidden);
  });
  const box = el(
    "div.picker",
    {},
    items.length > MANY && el("div.picker-search", {}, icon("search"), search),
    list,
  );
  box.addEventListener("keydown", (event) => walk(event, rows.map(({ row }) => row), search));
  return box;
}

function walk(event, rows, search) {
  const shown = rows.filter((row) => !row.hidden);
  if (event.key === "Enter" && event.target === search && !event.isComposing) {
    event.preventDefault();
    shown[0]?.click();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = shown.indexOf(document.activeElement);
  (shown[at + step] ?? (step < 0 ? search : shown.at(-1)))?.focus();
}
