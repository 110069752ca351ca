/** Where one writes: text, replies, edits, pictures and files. */

import { Attachments } from "./attachments.js";
import { CommandMenu } from "./commands.js";
import { el, fill, icon, iconButton, isNarrow } from "./dom.js";
import { attempt } from "./notices.js";
import { server } from "./server.js";
import { senderOf, session, summary } from "./session.js";
import { words } from "./words.js";

const TALLEST = 200;
const LONGEST = 4096; // UTF-16 units of one message

export class Composer {
  #form = document.getElementById("composer-form");
  #drafts = new Map();
  #draftKey = null;
  #mode = null;
  #anonymous = false;
  #bar = el("div.mode", { hidden: true });
  #lock = el("div.composer-lock", { hidden: true });
  #input = el("textarea.write", {
    rows: 1,
    testid: "composer",
    placeholder: words.write,
    "aria-label": words.write,
    autocomplete: "off",
    enterkeyhint: "send",
  });
  #send = iconButton("send", words.send, { type: "submit", testid: "send", class: "round send" });
  #picker = el("input", { type: "file", multiple: true, hidden: true, testid: "files" });
  #attachments = new Attachments(el("div.strip", { hidden: true }), () => this.#ready());
  #commands = new CommandMenu(
    el("div.commands", { role: "listbox", "aria-label": words.commands }),
    { onPick: (command) => this.#command(command) },
  );

  /** @param {{onEditLast: () => void, onUnblock: () => void}} on */
  constructor(on) {
    this.on = on;
    const slash = iconButton("slash", words.commands, { onclick: () => this.#slash() });
    const attach = iconButton("attach", words.attach, { onclick: () => this.#picker.click() });
    fill(
      this.#form,
      this.#commands.root,
      this.#bar,
      this.#attachments.root,
      el("div.composer-row", {}, attach, this.#input, slash, this.#send, this.#picker),
      this.#lock,
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#picker.addEventListener("change", () => {
      this.#attachments.add(this.#picker.files);
      this.#picker.value = "";
      this.#input.focus();
    });
    this.#takeFiles();
  }

  /** Make ready for the chat and topic of the session, with what was being written there. */
  show() {
    const key = session.chat && [session.me, session.chat.id, session.topic].join(":");
    if (key === this.#draftKey) {
      this.#showLock();
      return;
    }
    if (this.#draftKey && this.#mode?.kind !== "edit") {
      this.#drafts.set(this.#draftKey, this.#input.value);
    }
    this.#draftKey = key;
    this.#form.hidden = !session.chat;
    this.#anonymous = false;
    this.#attachments.clear();
    this.#setMode(null);
    this.#write(this.#drafts.get(key) ?? "");
    this.#showLock();
    if (!isNarrow()) this.#input.focus({ preventScroll: true });
  }

  reply(message) {
    this.#setMode({ kind: "reply", message });
    this.#input.focus();
  }

  edit(message) {
    this.#setMode({ kind: "edit", message });
    this.#write(message.text);
    this.#input.focus();
  }

  get isAnonymous() {
    return this.#anonymous;
  }

  /** Send the next message as the group's anonymous admin, or not. */
  set isAnonymous(wanted) {
    this.#anonymous = wanted;
    this.#drawBar();
    this.#input.focus();
  }

  /** Send a text as it is, whatever is being written. */
  say(text) {
    return attempt(() => server.say({ ...this.#place(), text }));
  }

  #place() {
    const place = { as: session.me, chat: session.chat.id };
    return session.topic === null ? place : { ...place, topic: session.topic };
  }

  async #submit() {
    const text = this.#input.value.trim();
    const { files } = this.#attachments;
    const mode = this.#mode;
    if (!text && !files.length) return;
    const written = this.#input.value;
    if (!files.length) this.#write("");
    this.#form.classList.add("sending");
    const done = await attempt(() =>
      mode?.kind === "edit"
        ? server.edit({ ...this.#place(), message_id: mode.message.message_id, text })
        : this.#sayAll(text),
    );
    this.#form.classList.remove("sending");
    if (!done) {
      if (!this.#input.value) this.#write(written);
      return;
    }
    if (files.length) this.#write("");
    this.#anonymous = false;
    this.#attachments.clear();
    this.#setMode(null);
  }

  /** A text that is too long for one message goes out as several, as Telegram's programs do. */
  async #sayAll(text) {
    if (this.#attachments.files.length) return server.say(this.#body(text));
    const [first, ...rest] = pieces(text);
    let done = await server.say(this.#body(first));
    for (const piece of rest) done = await server.say({ ...this.#place(), text: piece });
    return done;
  }

  #body(text) {
    const said = { ...this.#place() };
    if (text) said.text = text;
    if (this.#mode?.kind === "reply") said.reply_to = this.#mode.message.message_id;
    if (this.#anonymous) said.anonymous = true;
    if (!this.#attachments.files.length) return said;
    if (this.#attachments.asFile) said.as_document = "1";
    const form = new FormData();
    for (const [name, value] of Object.entries(said)) form.append(name, value);
    for (const file of this.#attachments.files) form.append("files", file, file.name);
    return form;
  }

  #typed() {
    this.#input.style.setProperty("height", "auto");
    this.#input.style.setProperty("height", `${Math.min(this.#input.scrollHeight, TALLEST)}px`);
    this.#commands.match(this.#input.value);
    this.#ready();
  }

  #write(text) {
    this.#input.value = text;
    this.#typed();
    if (text) this.#commands.close();
  }

  #ready() {
    this.#send.disabled = !this.#input.value.trim() && !this.#attachments.files.length;
  }

  #key(event) {
    if (this.#commands.take(event)) return;
    // While an input method is composing, Enter chooses a word; keyCode 229 is how Safari says so.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && (this.#mode || this.#anonymous)) {
      this.#cancel();
    } else if (event.key === "ArrowUp" && !this.#input.value && !this.#mode) {
      event.preventDefault();
      this.on.onEditLast();
    }
  }

  #command(command) {
    this.#commands.close();
    this.#write("");
    this.say(`/${command}`);
    this.#input.focus();
  }

  #slash() {
    if (this.#commands.isOpen) {
      this.#commands.close();
      return;
    }
    if (!this.#input.value) this.#write("/");
    this.#commands.match("/");
    this.#input.focus();
  }

  #cancel() {
    if (this.#mode?.kind === "edit") this.#write("");
    this.#anonymous = false;
    this.#setMode(null);
    this.#input.focus();
  }

  #setMode(mode) {
    this.#mode = mode;
    this.#drawBar();
  }

  #drawBar() {
    const mode = this.#mode;
    this.#bar.hidden = !mode && !this.#anonymous;
    if (this.#bar.hidden) return;
    const title =
      mode?.kind === "edit" ? words.editing : mode && words.replyTo(senderOf(mode.message).name);
    fill(
      this.#bar,
      icon(this.#anonymous ? "mask" : mode.kind),
      el(
        "div.mode-words",
        {},
        title && el("span.mode-title", {}, title),
        mode && el("span.mode-text", {}, summary(mode.message)),
        this.#anonymous && el("span.mode-text", {}, words.anonymousOn),
      ),
      iconButton("close", words.cancel, { onclick: () => this.#cancel() }),
    );
  }

  /** Where nothing can be written, say why, or how to change it. */
  #showLock() {
    const { chat } = session;
    const topic = chat?.topics?.find((one) => one.id === session.topic);
    const blocked = chat?.type === "private" && chat.bot === "kicked";
    const boss = ["creator", "administrator"].includes(chat?.my_status);
    const closed = Boolean(topic?.closed) && !boss;
    this.#lock.hidden = !blocked && !closed;
    this.#form.classList.toggle("locked", blocked || closed);
    fill(
      this.#lock,
      blocked &&
        el("button.primary", { type: "button", onclick: this.on.onUnblock }, words.unblock),
      closed && el("p", {}, icon("lock"), words.topicClosed),
    );
  }

  /** Files pasted into the field or dropped anywhere on the conversation. */
  #takeFiles() {
    const pane = document.getElementById("pane");
    this.#input.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.#attachments.add(event.clipboardData.files);
    });
    pane.addEventListener("dragover", (event) => event.preventDefault());
    pane.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#attachments.add(event.dataTransfer.files);
    });
  }
}

/** A text in parts that each fit one message; no character is cut in two. */
function pieces(text) {
  const found = [];
  for (let at = 0; at < text.length; at += found.at(-1).length) {
    const piece = text.slice(at, at + LONGEST);
    const cut = piece.length === LONGEST && /[\uD800-\uDBFF]$/.test(piece);
    found.push(cut ? piece.slice(0, -1) : piece);
  }
  return found;
}
