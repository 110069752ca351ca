/** The list of the bot's commands over the composer. */

import { el, fill } from "./dom.js";
import { session } from "./session.js";

export class CommandMenu {
  #at = 0;
  #shown = [];

  /**
   * @param {HTMLElement} root
   * @param {{onPick: (command: string) => void}} on
   */
  constructor(root, { onPick }) {
    this.root = root;
    this.onPick = onPick;
    root.addEventListener("click", (event) => {
      const row = event.target.closest("[data-command]");
      if (row) onPick(row.dataset.command);
    });
    this.close();
  }

  get isOpen() {
    return !this.root.hidden;
  }

  close() {
    this.root.hidden = true;
    this.#shown = [];
  }

  /** Show the commands a text may be the beginning of; anything else closes the list. */
  match(text) {
    const typed = /^\/([a-z0-9_]*)$/i.exec(text)?.[1].toLowerCase();
    const commands = typed === undefined ? [] : (session.chat?.commands ?? []);
    this.#shown = commands.filter(({ command }) => command.startsWith(typed));
    this.#at = 0;
    this.root.hidden = !this.#shown.length;
    this.#draw();
  }

  /** Take a key pressed in the composer; true where it was meant for the list. */
  take(event) {
    if (!this.isOpen || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#at = (this.#at + step + this.#shown.length) % this.#shown.length;
      this.#draw();
    } else if (event.key === "Escape") {
      this.close();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
      this.onPick(this.#shown[this.#at].command);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  #draw() {
    fill(
      this.root,
      this.#shown.map(({ command, description }, i) =>
        el(
          "button.command-row",
          {
            type: "button",
            role: "option",
            tabindex: "-1",
            "aria-selected": String(i === this.#at),
            data: { command },
          },
          el("span.command-name", {}, `/${command}`),
          el("span.command-words", {}, description),
        ),
      ),
    );
    this.root.children[this.#at]?.scrollIntoView({ block: "nearest" });
  }
}
