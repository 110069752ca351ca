/** The head of the conversation: whose it is, who is typing, and what is pinned. */

import { avatar, el, fill, icon, iconButton } from "./dom.js";
import { attempt } from "./notices.js";
import { server } from "./server.js";
import { chatName, session, summary } from "./session.js";
import { words } from "./words.js";

/** How long "is typing" stands after the bot said so, in milliseconds. */
const TYPING = 5000;

export class Head {
  #root = document.getElementById("head");
  #pins = document.getElementById("pins");
  #face = el("div.head-face");
  #name = el("h2.head-name");
  #under = el("span.head-under");
  #timer = 0;
  #shown = 0;
  #drawn = 0;

  /** @param {{onBack, onMenu: (button: Element) => void, onJump: (id: number) => void, find}} on */
  constructor(on) {
    this.on = on;
    fill(
      this.#root,
      iconButton("back", words.back, { testid: "back", class: "round back", onclick: on.onBack }),
      this.#face,
      el("div.head-words", {}, this.#name, this.#under),
      iconButton("more", words.chatMenu, {
        testid: "chat-menu",
        "aria-haspopup": "menu",
        onclick: (event) => on.onMenu(event.currentTarget),
      }),
    );
    this.#pins.addEventListener("click", () => this.#jump());
  }

  /** Show the chat and topic of the session. */
  show() {
    const { chat } = session;
    clearTimeout(this.#timer);
    this.#root.classList.toggle("nothing", !chat);
    if (!chat) {
      fill(this.#face);
      fill(this.#name, words.pickChat);
      fill(this.#under);
      this.#pins.hidden = true;
      return;
    }
    const topic = chat.topics?.find((one) => one.id === session.topic);
    const name = chatName(chat);
    fill(this.#face, avatar({ id: chat.id, name, isBot: chat.type === "private" }));
    fill(
      this.#name,
      el("span.head-title", {}, name),
      topic && el("span.head-topic", {}, icon("hash"), topic.name),
    );
    this.#describe();
    this.#shown = 0;
    this.#showPin();
  }

  /** A message has changed; the bar shows it if it is the one pinned. */
  changed(message) {
    if (session.chat.pinned?.at(-1 - this.#shown) === message.message_id) this.#showPin();
  }

  /** Say for a while that the bot is doing something. */
  typing(action) {
    const say = action.startsWith("upload") ? words.uploading : words.typing;
    fill(this.#under, el("span.is-typing", {}, say(session.bot.name)));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#describe(), TYPING);
  }

  /** The bot has said what it was typing. */
  typed() {
    clearTimeout(this.#timer);
    this.#describe();
  }

  #describe() {
    const { chat } = session;
    const gone = chat.bot === "left" || chat.bot === "kicked";
    if (chat.type === "private") this.#under.textContent = gone ? words.blocked : words.botPrivate;
    else {
      const parts = [words.members(chat.members), gone && words.botGone];
      this.#under.textContent = parts.filter(Boolean).join(" · ");
    }
  }

  /** Pinned messages are walked through from the newest backwards, one at each tap. */
  #jump() {
    const pinned = session.chat.pinned;
    this.on.onJump(pinned.at(-1 - this.#shown));
    this.#shown = (this.#shown + 1) % pinned.length;
    this.#showPin();
  }

  async #showPin() {
    const { id: chat, pinned = [] } = session.chat;
    this.#drawn += 1;
    const drawn = this.#drawn;
    this.#pins.hidden = !pinned.length;
    if (!pinned.length) return;
    const id = pinned.at(-1 - this.#shown);
    const message = this.on.find(id) ?? (await fetchOne(chat, id));
    if (drawn !== this.#drawn) return;
    const place = pinned.length - this.#shown;
    const title = pinned.length > 1 ? words.pinnedOf(place, pinned.length) : words.pinned;
    fill(
      this.#pins,
      el(
        "button.pin",
        { type: "button", testid: "pinned" },
        icon("pin"),
        el(
          "span.pin-words",
          {},
          el("span.pin-title", {}, title),
          el("span.pin-text", {}, message ? summary(message) : ""),
        ),
      ),
    );
  }
}

async function fetchOne(chat, id) {
  const query = { as: session.me, chat, before: id + 1, limit: 1 };
  const page = await attempt(() => server.messages(query));
  return page?.messages.find((one) => one.message_id === id);
}
