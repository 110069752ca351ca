/** The panel with the bot's clock: it shows it, moves it and sets its speed. */

import { el, fill, icon } from "./dom.js";
import { attempt } from "./notices.js";
import { server } from "./server.js";
import { dateLine, hourSecond } from "./times.js";
import { words } from "./words.js";

const RATES = [1, 60, 600];
const TEN_MINUTES = 600;

export class ClockPanel {
  #root = document.getElementById("clock");
  #time = el("span.clock-time", { role: "timer" });
  #date = el("span.clock-date");
  #rateNow = el("span.clock-rate", { hidden: true });
  #rates = new Map();
  #told = { now: 0, rate: 1, at: 0 };

  constructor() {
    const controls = el("div.clock-controls", { id: "clock-controls" });
    const face = el(
      "button.clock-face",
      {
        type: "button",
        "aria-label": words.clockOpen,
        "aria-expanded": "false",
        "aria-controls": "clock-controls",
        onclick: () => this.#toggle(face),
      },
      icon("clock"),
      this.#time,
      this.#date,
      this.#rateNow,
      icon("chevron"),
    );
    fill(
      controls,
      el(
        "div.clock-moves",
        {},
        this.#button("clock-forward", words.forwardTen, { forward: TEN_MINUTES }),
        this.#button("clock-morning", words.nextMorning, { morning: true }, "sunrise"),
      ),
      el(
        "div.clock-rates",
        { role: "group", "aria-label": words.speed },
        RATES.map((n) => this.#rate(n)),
      ),
    );
    fill(this.#root, face, controls);
    document.addEventListener("click", (event) => {
      if (!this.#root.contains(event.target)) this.#close(face);
    });
    this.#root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close(face);
    });
    setInterval(() => this.#draw(), 200);
  }

  /** The clock's moment now, in unix seconds. */
  get now() {
    const { now, rate, at } = this.#told;
    return now + ((performance.now() - at) / 1000) * rate;
  }

  /** Take over what the server says of its clock. */
  set({ now, rate }) {
    this.#told = { now, rate, at: performance.now() };
    for (const [n, button] of this.#rates) button.setAttribute("aria-pressed", String(n === rate));
    this.#rateNow.textContent = words.rate(rate);
    this.#rateNow.hidden = rate === 1;
    this.#rateNow.classList.toggle("odd", !RATES.includes(rate));
    this.#draw();
  }

  #draw() {
    if (!this.#told.now) return;
    show(this.#time, hourSecond(this.now));
    show(this.#date, dateLine(this.now));
  }

  #button(testid, text, change, name = null) {
    return el(
      "button.clock-move",
      { type: "button", testid, onclick: () => this.#change(change) },
      name && icon(name),
      text,
    );
  }

  #rate(n) {
    const button = el(
      "button.clock-speed",
      {
        type: "button",
        "aria-pressed": "false",
        testid: `clock-rate-${n}`,
        onclick: () => this.#change({ rate: n }),
      },
      words.rate(n),
    );
    this.#rates.set(n, button);
    return button;
  }

  async #change(body) {
    const clock = await attempt(() => server.clock(body));
    if (clock) this.set(clock);
  }

  #toggle(face) {
    const open = this.#root.classList.toggle("open");
    face.setAttribute("aria-expanded", String(open));
  }

  #close(face) {
    this.#root.classList.remove("open");
    face.setAttribute("aria-expanded", "false");
  }
}

function show(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
