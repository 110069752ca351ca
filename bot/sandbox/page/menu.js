/** A menu that opens beside a button or at a point, and closes by itself. */

import { el, icon } from "./dom.js";

const GAP = 8;

/** A button whose open menu was just closed by pressing it again: that press opens nothing. */
let closedBy = null;

/**
 * Open a menu.
 * @param {{x: number, y: number}|Element} where a point, or the button it belongs to
 * @typedef {{text: string, icon?: string, danger?: boolean, checked?: boolean, act: () => void}} Item
 * @param {(Item|null|false)[]} items what is not an item is left out
 * @param {{label: string, top?: Node}} options `top` stands above the items
 */
export function openMenu(where, items, { label, top = null }) {
  if (isClosing(where)) return null;
  const menu = el("div.menu", { popover: "auto", role: "menu", "aria-label": label }, top);
  for (const item of items.filter(Boolean)) {
    menu.append(
      el(
        `button.menu-item${item.danger ? ".danger" : ""}`,
        {
          type: "button",
          role: item.checked === undefined ? "menuitem" : "menuitemcheckbox",
          "aria-checked": item.checked === undefined ? null : String(item.checked),
          onclick: () => {
            menu.hidePopover();
            item.act();
          },
        },
        item.icon && icon(item.icon),
        el("span", {}, item.text),
        item.checked && icon("check"),
      ),
    );
  }
  show(menu, where);
  menu.addEventListener("keydown", (event) => walk(event, menu));
  menu.querySelector("button")?.focus({ preventScroll: true });
  return menu;
}

/** Show a floating panel beside a button; it is taken away when closed. */
export function openPanel(where, panel) {
  if (isClosing(where)) return;
  panel.setAttribute("popover", "auto");
  show(panel, where);
  const first = panel.querySelector("[autofocus], [aria-selected='true'], button");
  first?.focus({ preventScroll: true });
}

function show(panel, where) {
  // Whatever lies outside an open dialog cannot be tapped, so a menu of the dialog is put into it.
  const home = (where instanceof Element && where.closest("dialog")) || document.body;
  home.append(panel);
  const pressed = (event) => {
    closedBy = where instanceof Element && where.contains(event.target) ? where : null;
  };
  document.addEventListener("pointerdown", pressed, { capture: true });
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    document.removeEventListener("pointerdown", pressed, { capture: true });
    panel.remove();
  });
  panel.showPopover();
  place(panel, where);
}

function isClosing(where) {
  const closing = closedBy !== null && closedBy === where;
  closedBy = null;
  return closing;
}

function place(panel, where) {
  const anchor = where instanceof Element ? where.getBoundingClientRect() : null;
  const { width, height } = panel.getBoundingClientRect();
  const x = anchor ? anchor.right - width : where.x;
  const below = anchor ? anchor.bottom + GAP : where.y;
  const above = (anchor ? anchor.top - GAP : where.y) - height;
  const fits = below + height <= innerHeight - GAP;
  const left = Math.max(GAP, Math.min(x, innerWidth - width - GAP));
  const top = fits ? below : Math.max(GAP, Math.min(above, innerHeight - height - GAP));
  panel.style.setProperty("left", `${left}px`);
  panel.style.setProperty("top", `${top}px`);
}

function walk(event, menu) {
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...menu.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length].focus();
}
