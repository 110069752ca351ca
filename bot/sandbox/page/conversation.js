/** The conversation on screen: loading, scrolling, and what a tap in it means. */

import { avatar, el, fill, icon, scrolling } from "./dom.js";
import { onHold } from "./hold.js";
import { inward } from "./links.js";
import { showPhoto } from "./media.js";
import { attempt } from "./notices.js";
import { rememberVote } from "./poll.js";
import { press } from "./presses.js";
import { server } from "./server.js";
import { isMine, session } from "./session.js";
import { Timeline } from "./timeline.js";
import { words } from "./words.js";

const PAGE = 60;
/** How near the end, in pixels, still counts as being there. */
const NEAR = 80;
/** From how far below the top older messages are asked for. */
const AHEAD = 600;
/** What has a menu. */
const MENU_OF = ".message:not(.service)";
/** Most pages to go back for a message that is jumped to. */
const FAR = 30;

export class Conversation {
  #scroller = document.getElementById("scroller");
  #root = document.getElementById("timeline");
  #fresh = document.getElementById("fresh");
  #timeline = new Timeline(this.#root);
  #more = false;
  #loading = null;
  #atEnd = true;
  #top = 0;
  #unseen = 0;
  #opened = 0;

  /** @param {{say, menu, follow}} on what a command, a menu, a link in a message sets off */
  constructor(on) {
    this.on = on;
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const keepEnd = new ResizeObserver(() => this.#atEnd && this.toEnd("instant"));
    keepEnd.observe(this.#scroller);
    keepEnd.observe(this.#root);
    this.#fresh.addEventListener("click", () => this.toEnd());
    this.#root.addEventListener("click", (event) => this.#tapped(event));
    this.#root.addEventListener("contextmenu", (event) => this.#menu(event));
    this.#root.addEventListener("keydown", (event) => this.#key(event));
    onHold(this.#root, MENU_OF, (node, where) => this.#openMenu(node, where));
  }

  /** Show the chat and topic of the session, from its latest messages. */
  async open() {
    this.#opened += 1;
    this.#timeline.clear();
    this.#atEnd = true;
    this.#more = false;
    this.#loading = null;
    this.#root.classList.toggle("private", session.chat?.type === "private");
    this.#root.classList.remove("is-empty");
    this.#seen();
    if (session.chat) await this.#load({});
  }

  /** Take in a message that has just been sent. */
  append(message) {
    if (this.#timeline.has(message.message_id)) {
      this.change(message);
      return;
    }
    if (!this.#timeline.size) this.#timeline.clear();
    this.#root.classList.remove("is-empty");
    if (isMine(message)) this.#atEnd = true;
    this.#timeline.append(message);
    if (!this.#atEnd && !message.service) {
      this.#unseen += 1;
      this.#showFresh();
    }
  }

  change(message) {
    this.#still(() => this.#timeline.change(message));
  }

  remove(ids) {
    this.#still(() => ids.forEach((id) => this.#timeline.remove(id)));
  }

  message(id) {
    return this.#timeline.message(id);
  }

  /** The last message of the person one is acting as, or undefined. */
  lastOfMine() {
    return this.#timeline.messages.findLast((one) => isMine(one) && one.text !== null);
  }

  /** After a lost connection: take in what was missed, without moving the page. */
  async resync() {
    const opened = this.#opened;
    const page = await attempt(() => this.#fetch({}));
    if (!page || opened !== this.#opened) return;
    const known = this.#timeline.ids;
    const [first] = page.messages;
    if (!first || !known.length || first.message_id > known.at(-1)) {
      await this.open();
      return;
    }
    const there = new Set(page.messages.map((one) => one.message_id));
    this.remove(known.filter((id) => id >= first.message_id && !there.has(id)));
    for (const message of page.messages) this.append(message);
  }

  /** Bring a message into view, loading older ones until it is found. */
  async jump(id) {
    for (let pages = 0; !this.#timeline.has(id) && this.#more && pages < FAR; pages += 1) {
      await this.#older();
    }
    const node = this.#timeline.node(id);
    if (!node) return;
    this.#atEnd = false;
    const tall = node.offsetHeight > this.#scroller.clientHeight * 0.8;
    node.scrollIntoView({ block: tall ? "start" : "center", behavior: scrolling() });
    node.classList.remove("flash");
    requestAnimationFrame(() => node.classList.add("flash"));
  }

  /** Scroll to the latest message. */
  toEnd(behavior = scrolling()) {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#atEnd = true;
    // From far away only the last stretch is scrolled through.
    this.#scroller.scrollTop = Math.max(scrollTop, scrollHeight - 2.5 * clientHeight);
    this.#scroller.scrollTo({ top: scrollHeight, behavior });
  }

  async #load(query) {
    const opened = this.#opened;
    const page = await attempt(() => this.#fetch(query));
    if (!page || opened !== this.#opened) return;
    this.#more = page.more;
    // Events may have been quicker than this answer.
    const news = page.messages.filter((one) => !this.#timeline.has(one.message_id));
    this.#still(() => this.#timeline.prepend(news));
    this.#root.classList.toggle("is-empty", !this.#timeline.size);
    if (!this.#timeline.size) fill(this.#root, emptySign());
  }

  #fetch(query) {
    return server.messages({
      as: session.me,
      chat: session.chat.id,
      topic: session.topic,
      limit: PAGE,
      ...query,
    });
  }

  async #older() {
    const [first] = this.#timeline.ids;
    if (!this.#more || first === undefined) return;
    this.#loading ??= this.#load({ before: first }).finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    // Only moving up leaves the end: below, new messages may be quicker than the scrolling.
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.#atEnd = true;
    else if (scrollTop < this.#top) this.#atEnd = false;
    this.#top = scrollTop;
    if (this.#atEnd) this.#seen();
    else this.#showFresh();
    if (scrollTop < AHEAD && this.#more && !this.#loading) this.#older();
  }

  /** Change the timeline while what is being read stays where it is. */
  #still(change) {
    if (this.#atEnd) {
      change();
      this.toEnd("instant");
      return;
    }
    const edge = this.#scroller.getBoundingClientRect().top;
    const anchor = [...this.#root.querySelectorAll(".message")].find(
      (node) => node.getBoundingClientRect().bottom > edge,
    );
    const id = Number(anchor?.dataset.id);
    const before = anchor?.getBoundingClientRect().top;
    change();
    const after = this.#timeline.node(id)?.getBoundingClientRect().top;
    if (after !== undefined) this.#scroller.scrollTop += after - before;
  }

  #seen() {
    this.#unseen = 0;
    this.#fresh.hidden = true;
  }

  #showFresh() {
    this.#fresh.hidden = false;
    const label = words.fresh(this.#unseen);
    this.#fresh.setAttribute("aria-label", label);
    this.#fresh.classList.toggle("has-news", this.#unseen > 0);
    fill(this.#fresh, icon("down"), this.#unseen > 0 && el("span", {}, label));
  }

  #tapped(event) {
    const target = event.target.closest("[data-act]");
    if (!target || getSelection().type === "Range") return;
    const act = ACTS[target.dataset.act];
    const id = Number(target.dataset.id ?? target.closest("[data-id]")?.dataset.id);
    act?.call(this, target, id, event);
  }

  /** A link: inward ones stay on the page. */
  follow(address) {
    if (inward(address)) this.on.follow(inward(address));
    else open(address, "_blank", "noopener");
  }

  async vote(id, options) {
    const { poll } = this.message(id);
    const done = await attempt(() =>
      server.vote({ as: session.me, chat: session.chat.id, message_id: id, options }),
    );
    if (!done) return;
    rememberVote(poll, options);
    this.change(this.message(id));
  }

  async react(id, emoji) {
    const mine = this.message(id)?.reactions?.find((one) => one.mine)?.emoji;
    const wanted = mine === emoji ? null : emoji;
    await attempt(() =>
      server.react({ as: session.me, chat: session.chat.id, message_id: id, emoji: wanted }),
    );
  }

  photos(id) {
    const shown = this.#timeline.messages.filter((one) => one.photo);
    showPhoto(shown, shown.findIndex((one) => one.message_id === id));
  }

  #menu(event) {
    const node = event.target.closest(MENU_OF);
    if (!node || event.target.closest(".text a")) return;
    event.preventDefault();
    // On touch screens the menu comes when the finger is lifted.
    if (event.pointerType === "touch") return;
    this.#openMenu(node, { x: event.clientX, y: event.clientY });
  }

  #openMenu(node, where) {
    const message = this.message(Number(node.dataset.id));
    if (message) this.on.menu(message, where);
  }

  #key(event) {
    const node = event.target.closest(".message");
    const nodes = [...this.#root.querySelectorAll(".message")];
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) {
      event.preventDefault();
      const at = node ? nodes.indexOf(node) + step : nodes.length - 1;
      nodes[at]?.focus();
    } else if (event.key === "Enter" && event.target === node) {
      event.preventDefault();
      this.#openMenu(node, node.querySelector(".bubble, .photo") ?? node);
    } else if (["Enter", " "].includes(event.key) && event.target.matches("[role=button]")) {
      event.preventDefault();
      event.target.click();
    }
  }
}

/** What a tap does, by the `data-act` of what was tapped; `this` is the conversation. */
const ACTS = {
  press(target, id) {
    press(id, Number(target.dataset.row), Number(target.dataset.column), (url) => this.follow(url));
  },
  jump(target) {
    this.jump(Number(target.dataset.target));
  },
  photo(target, id) {
    this.photos(id);
  },
  command(target) {
    this.on.say(target.dataset.command);
  },
  morning() {
    attempt(() => server.clock({ morning: true }));
  },
  react(target, id) {
    this.react(id, target.dataset.emoji);
  },
  vote(target, id) {
    this.vote(id, [Number(target.dataset.option)]);
  },
  "vote-several"(target, id) {
    const ticked = target.closest(".poll").querySelectorAll("input:checked");
    if (ticked.length) this.vote(id, [...ticked].map((box) => Number(box.value)));
  },
  reveal(target) {
    target.classList.add("revealed");
    target.removeAttribute("aria-label");
    target.firstElementChild.removeAttribute("aria-hidden");
  },
  expand(target) {
    target.classList.toggle("expanded");
  },
  link(target, id, event) {
    if (!inward(target.href)) return;
    event.preventDefault();
    this.on.follow(inward(target.href));
  },
};

/** What an empty chat shows; a group, the way to its first card; the private chat, its start. */
function emptySign() {
  if (session.chat.type !== "private") {
    return el(
      "div.empty.welcome",
      {},
      el("strong", {}, words.empty),
      el("p", {}, words.firstCard),
      el(
        "button.primary",
        { type: "button", testid: "first-card", data: { act: "morning" } },
        words.nextMorning,
      ),
    );
  }
  return el(
    "div.empty.welcome",
    {},
    avatar({ ...session.bot, isBot: true }),
    el("strong", {}, session.bot.name),
    el("p", {}, words.welcome),
    el(
      "button.primary",
      { type: "button", data: { act: "command", command: "/start" } },
      words.start,
    ),
  );
}
