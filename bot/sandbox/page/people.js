/** The switch that says who one is. */

import { avatar, el, fill, icon } from "./dom.js";
import { openPanel } from "./menu.js";
import { pickList } from "./dialogs.js";
import { session } from "./session.js";
import { words } from "./words.js";

export class PeopleSwitch {
  #button = document.getElementById("people-switch");

  /** @param {(id: number) => void} onPick */
  constructor(onPick) {
    this.#button.addEventListener("click", () => this.#open(onPick));
  }

  /** Show who one is now. */
  show() {
    const person = session.people.get(session.me);
    this.#button.setAttribute("aria-label", `${words.youAre}: ${person.name}`);
    fill(
      this.#button,
      avatar(person),
      el(
        "span.switch-words",
        {},
        el("span.switch-name", {}, el("small", {}, words.youAre), person.name),
        el("span.switch-note", {}, person.note),
      ),
      icon("chevron"),
    );
  }

  #open(onPick) {
    const list = pickList({
      items: [...session.people.values()],
      current: session.me,
      testid: "person",
      onPick: (id) => {
        panel.hidePopover();
        onPick(id);
      },
    });
    const panel = el("div.menu.people-panel", { "aria-label": words.pickPerson }, list);
    panel.addEventListener("toggle", (event) => {
      this.#button.setAttribute("aria-expanded", String(event.newState === "open"));
    });
    openPanel(this.#button, panel);
  }
}
