/** The list of chats, and under a forum its topics. */

import { avatar, el, fill, icon } from "./dom.js";
import { chatName, isMine, senderOf, session, summary } from "./session.js";
import { briefly } from "./times.js";

export class ChatList {
  #root = document.getElementById("chats");
  #rows = new Map();
  #now;

  /**
   * @param {{onOpen: (chat: number, topic: number|null) => void, now: () => number}} options
   */
  constructor({ onOpen, now }) {
    this.#now = now;
    this.#root.addEventListener("click", (event) => {
      const entry = event.target.closest("[data-chat]");
      if (!entry) return;
      const { chat, topic } = entry.dataset;
      onOpen(Number(chat), topic ? Number(topic) : null);
    });
    this.#root.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** Show all chats of the session. */
  show() {
    this.#rows.clear();
    const chats = [...session.chats.values()].sort((a, b) => latest(b) - latest(a));
    fill(this.#root, chats.map((chat) => this.#make(chat)));
    this.mark();
  }

  /** Draw one chat anew; one with news moves to the top. */
  update(chat, { isNews = false } = {}) {
    const old = this.#rows.get(chat.id);
    const row = this.#make(chat);
    const focused = old?.contains(document.activeElement) && document.activeElement.dataset;
    if (old) old.replaceWith(row);
    if ((isNews && this.#root.firstElementChild !== row) || !old) this.#root.prepend(row);
    if (focused) row.querySelector(entrySelector(focused)).focus({ preventScroll: true });
    this.mark();
  }

  remove(id) {
    this.#rows.get(id)?.remove();
    this.#rows.delete(id);
  }

  /** Id of the chat on top, or null. */
  get first() {
    const id = this.#root.querySelector("[data-chat]")?.dataset.chat;
    return id ? Number(id) : null;
  }

  /** Mark the entry of the chat and topic on screen. */
  mark() {
    for (const entry of this.#root.querySelectorAll("[data-chat]")) {
      const here =
        Number(entry.dataset.chat) === session.chat?.id &&
        (entry.dataset.topic ?? "") === String(session.topic ?? "");
      if (here) entry.setAttribute("aria-current", "true");
      else entry.removeAttribute("aria-current");
    }
  }

  #make(chat) {
    const row = el("li.chat", {}, this.#entry(chat), chat.is_forum && topicEntries(chat));
    this.#rows.set(chat.id, row);
    return row;
  }

  #entry(chat) {
    const name = chatName(chat);
    const isPrivate = chat.type === "private";
    return el(
      "button.entry",
      { type: "button", testid: `chat-${chat.id}`, data: { chat: chat.id } },
      avatar({ id: chat.id, name, isBot: isPrivate }),
      el(
        "span.entry-words",
        {},
        el(
          "span.entry-top",
          {},
          el("span.entry-name", {}, name),
          chat.last && el("time.entry-time", {}, briefly(chat.last.date, this.#now())),
        ),
        el(
          "span.entry-bottom",
          {},
          lastLine(chat),
          chat.unread > 0 && el("span.unread", {}, chat.unread > 99 ? "99+" : chat.unread),
          !chat.unread && chat.pinned?.length > 0 && icon("pin"),
        ),
      ),
    );
  }

  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const entries = [...this.#root.querySelectorAll("[data-chat]")];
    entries[entries.indexOf(document.activeElement) + step]?.focus();
  }
}

const entrySelector = ({ topic }) => (topic ? `[data-topic="${topic}"]` : ".entry");

const latest = (chat) => chat.last?.date ?? 0;

function lastLine(chat) {
  const { last } = chat;
  if (!last) return el("span.entry-last");
  const named = chat.type !== "private" && !last.service && !isMine(last);
  return el(
    "span.entry-last",
    {},
    named && el("span.entry-sender", {}, `${senderOf(last).name}: `),
    summary(last),
  );
}

function topicEntries(chat) {
  return el(
    "ul.topics",
    {},
    chat.topics.map((topic) =>
      el(
        "li",
        {},
        el(
          "button.topic",
          {
            type: "button",
            testid: `topic-${chat.id}-${topic.id}`,
            data: { chat: chat.id, topic: topic.id },
          },
          icon(topic.closed ? "lock" : "hash"),
          el("span", {}, topic.name),
        ),
      ),
    ),
  );
}
