/** The sandbox's page: a chat client in which one may be anybody. */

import { ChatList } from "./chats.js";
import { ClockPanel } from "./clock.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { icon, isNarrow } from "./dom.js";
import { block, chatMenu, newGroup } from "./group.js";
import { Head } from "./head.js";
import { messageMenu } from "./messagemenu.js";
import { attempt } from "./notices.js";
import { PeopleSwitch } from "./people.js";
import { showAnswer } from "./presses.js";
import { Live, Refused, server } from "./server.js";
import { session } from "./session.js";
import { useZone } from "./times.js";
import { lang, switchLanguage, words } from "./words.js";

/** How long after the last message on screen the server is told so, in milliseconds. */
const READ_AFTER = 800;

/** How long after a failed start it is tried again, in milliseconds. */
const RETRY_AFTER = 2000;

const clock = new ClockPanel();
const people = new PeopleSwitch((id) => become(id));
const list = new ChatList({ onOpen: (chat, topic) => go(chat, topic), now: () => clock.now });
const composer = new Composer({
  onEditLast: () => {
    const message = conversation.lastOfMine();
    if (message) composer.edit(message);
  },
  onUnblock: () => block(false),
});
const conversation = new Conversation({
  say: (text) => composer.say(text),
  follow,
  menu: (message, where) => messageMenu(message, where, { composer, conversation }),
});
const head = new Head({
  onBack: () => go(null),
  onMenu: (button) => chatMenu(button, { composer, onOpen: go }),
  onJump: (id) => conversation.jump(id),
  find: (id) => conversation.message(id),
});
const live = new Live({ onEvent: happened, onLost: () => showOffline(true), onBack: resync });

let readTimer = 0;

/** Open a chat, and put it into the address; null shows only the list, on a phone. */
async function go(id, topic = null) {
  if (id !== null && !session.chats.has(id)) await refresh();
  const changed = session.chat?.id !== id || session.topic !== topic;
  await openChat(id, topic);
  if (changed) history.pushState(null, "", address());
}

async function openChat(id, topic = null) {
  flushRead();
  session.chat = session.chats.get(id) ?? null;
  session.topic = session.chat ? topic : null;
  document.body.dataset.view = session.chat ? "chat" : "list";
  if (session.chat) {
    session.chat.unread = 0;
    list.update(session.chat);
  }
  list.mark();
  head.show();
  composer.show();
  await conversation.open();
}

/** Act as another person; the chat on screen stays if they see it too. */
async function become(id, chat = session.chat?.id, topic = session.topic) {
  flushRead();
  const state = await attempt(() => stateFor(id));
  if (!state) return;
  live.follow(state.me);
  take(state);
  people.show();
  list.show();
  const same = session.chats.has(chat);
  const fallback = isNarrow() ? null : list.first;
  await openChat(same ? chat : fallback, same ? topic : null);
  history.replaceState(null, "", address());
}

/** What a person sees; where there is no such person (any more), what the first one sees. */
async function stateFor(id) {
  try {
    return await server.state(id);
  } catch (error) {
    if (id === null || !(error instanceof Refused)) throw error;
    return server.state(null);
  }
}

function take(state) {
  if (state.clock.zone) useZone(state.clock.zone);
  session.me = state.me;
  session.bot = state.bot;
  session.people = new Map(state.people.map((person) => [person.id, person]));
  session.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
  clock.set(state.clock);
  document.title = words.title(state.bot.name);
  document.getElementById("brand-name").textContent = state.bot.name;
}

async function refresh() {
  const state = await attempt(() => server.state(session.me));
  if (!state) return;
  take(state);
  session.chat = session.chats.get(session.chat?.id) ?? null;
  list.show();
}

/** The connection is back: take in what happened meanwhile. */
async function resync() {
  showOffline(false);
  await refresh();
  if (!session.chat) {
    await openChat(isNarrow() ? null : list.first);
    return;
  }
  head.show();
  composer.show();
  await conversation.resync();
}

/** Whether a message belongs to what is on screen. */
function onScreen(chat, message) {
  return (
    session.chat?.id === chat && (session.topic === null || (message.topic ?? 1) === session.topic)
  );
}

const EVENTS = {
  message({ chat: id, message }) {
    const chat = session.chats.get(id);
    if (!chat) return;
    chat.last = message;
    const seen = onScreen(id, message) && document.visibilityState === "visible";
    if (seen) {
      clearTimeout(readTimer);
      readTimer = setTimeout(markRead, READ_AFTER);
    } else if (message.from?.id !== session.me) chat.unread += 1;
    list.update(chat, { isNews: true });
    if (!onScreen(id, message)) return;
    if (message.from?.id === session.bot.id) head.typed();
    conversation.append(message);
  },
  edited({ chat: id, message }) {
    const chat = session.chats.get(id);
    if (chat?.last?.message_id === message.message_id) {
      chat.last = message;
      list.update(chat);
    }
    if (!onScreen(id, message)) return;
    conversation.change(message);
    head.changed(message);
  },
  deleted({ chat, message_ids: ids }) {
    if (session.chat?.id === chat) conversation.remove(ids);
  },
  chat({ chat }) {
    const known = session.chats.get(chat.id);
    session.chats.set(chat.id, chat);
    if (session.chat?.id === chat.id) {
      chat.unread = 0;
      session.chat = chat;
      head.show();
      composer.show();
    }
    list.update(chat, { isNews: !known });
  },
  gone({ chat }) {
    session.chats.delete(chat);
    list.remove(chat);
    if (session.chat?.id === chat) go(isNarrow() ? null : list.first);
  },
  typing({ chat, action }) {
    if (session.chat?.id === chat) head.typing(action);
  },
  clock(event) {
    clock.set(event);
  },
  toast: showAnswer,
};

function happened(event) {
  EVENTS[event.event]?.(event);
}

/** Tell the server that what arrived on screen was read: fetching is reading. */
function markRead() {
  readTimer = 0;
  if (!session.chats.has(session.chat?.id)) return;
  attempt(() => server.messages({ as: session.me, chat: session.chat.id, limit: 1 }));
}

function flushRead() {
  if (!readTimer) return;
  clearTimeout(readTimer);
  markRead();
}

/** Go where a link inside the sandbox leads. */
async function follow(place) {
  if (place.chat) {
    if (!session.chats.has(place.chat)) return;
    await go(place.chat);
    await conversation.jump(place.message);
    return;
  }
  const chat = [...session.chats.values()].find((one) => one.type === "private");
  await go(chat.id);
  await composer.say(place.start ? `/start ${place.start}` : "/start");
}

function showOffline(isOffline) {
  const line = document.getElementById("offline");
  line.textContent = words.offline;
  line.hidden = !isOffline;
}

/** The address of what is on screen: #as=111&chat=-1001&topic=7. */
function address() {
  const place = new URLSearchParams({ as: session.me });
  if (session.chat) place.set("chat", session.chat.id);
  if (session.topic !== null) place.set("topic", session.topic);
  return `#${place}`;
}

function placeInAddress() {
  const place = new URLSearchParams(location.hash.slice(1));
  const number = (name) => (place.has(name) ? Number(place.get(name)) : null);
  return { as: number("as"), chat: number("chat"), topic: number("topic") };
}

/** Follow the address: at the start, by "back", or typed by hand. */
async function arrive() {
  const { as, chat, topic } = placeInAddress();
  if (as !== session.me || !session.me) await become(as, chat, topic);
  else if (chat !== session.chat?.id || topic !== session.topic) await openChat(chat, topic);
}

function dress() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-word]")) {
    node.textContent = words[node.dataset.word];
  }
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", words[node.dataset.label]);
    if (node.tagName === "BUTTON") node.title = words[node.dataset.label];
  }
  for (const node of document.querySelectorAll("[data-icon]")) node.append(icon(node.dataset.icon));
  const tongue = document.getElementById("tongue");
  tongue.textContent = words.tongue;
  tongue.setAttribute("aria-label", words.otherTongue);
  tongue.title = words.otherTongue;
  tongue.addEventListener("click", switchLanguage);
  document.getElementById("new-group").addEventListener("click", () => newGroup(go));
}

/** Arrive, and keep trying while the server does not answer. */
async function begin() {
  await arrive();
  showOffline(!session.me);
  if (!session.me) setTimeout(begin, RETRY_AFTER);
}

dress();
addEventListener("popstate", arrive);
await begin();
