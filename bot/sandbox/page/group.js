/** What can be done with a chat: its menu, its members, and new groups. */

import { avatar, el, fill, iconButton } from "./dom.js";
import { askLine, chooseOne, openDialog } from "./dialogs.js";
import { openMenu } from "./menu.js";
import { attempt } from "./notices.js";
import { server } from "./server.js";
import { chatName, session } from "./session.js";
import { words } from "./words.js";

/**
 * Open the menu of the chat on screen.
 * @param {Element} button
 * @param {{composer: object, onOpen: (chat: number, topic?: number) => void}} views
 */
export function chatMenu(button, views) {
  const { chat } = session;
  const items = chat.type === "private" ? privateItems(chat) : groupItems(chat, views);
  openMenu(button, items, { label: words.chatMenu });
}

function privateItems(chat) {
  const blocked = chat.bot === "kicked";
  return [
    {
      text: blocked ? words.unblock : words.block,
      icon: "block",
      danger: !blocked,
      act: () => block(!blocked),
    },
  ];
}

/** Block the bot, or let it speak again. */
export function block(blocked) {
  return attempt(() => server.block({ as: session.me, blocked }));
}

function groupItems(chat, { composer, onOpen }) {
  const boss = ["creator", "administrator"].includes(chat.my_status);
  const here = ["administrator", "member"].includes(chat.bot);
  const bot = (status) => () => setMember(chat, session.bot.id, status);
  const topic = chat.topics?.find((one) => one.id === session.topic);
  return [
    { text: words.showMembers, icon: "users", act: () => showMembers(chat) },
    { text: words.addPerson, icon: "plus", act: () => addPerson(chat) },
    here
      ? { text: words.removeBot, icon: "remove", act: bot("left") }
      : { text: words.addBot, icon: "sunrise", act: bot("member") },
    chat.bot === "member" && { text: words.botAdmin, icon: "shield", act: bot("administrator") },
    chat.bot === "administrator" && { text: words.botPlain, icon: "shield", act: bot("member") },
    chat.is_forum && { text: words.newTopic, icon: "hash", act: () => newTopic(chat, onOpen) },
    topic && {
      text: topic.closed ? words.openTopic : words.closeTopic,
      icon: "lock",
      act: () => closeTopic(chat, topic),
    },
    chat.type === "group" && { text: words.upgrade, icon: "up", act: () => upgrade(chat, onOpen) },
    boss && {
      text: words.anonymousNext,
      icon: "mask",
      checked: composer.isAnonymous,
      act: () => {
        composer.isAnonymous = !composer.isAnonymous;
      },
    },
    {
      text: words.leaveGroup,
      icon: "leave",
      danger: true,
      act: () => setMember(chat, session.me, "left"),
    },
  ];
}

function setMember(chat, user, status) {
  return attempt(() => server.member({ as: session.me, chat: chat.id, user, status }));
}

function newTopic(chat, onOpen) {
  const texts = { title: words.newTopic, label: words.topicName, action: words.create };
  askLine(texts, async (name) => {
    const made = await attempt(() => server.topic({ as: session.me, chat: chat.id, name }));
    if (made) onOpen(chat.id, made.topic);
  });
}

function closeTopic(chat, topic) {
  const change = { chat: chat.id, topic: topic.id, closed: !topic.closed };
  return attempt(() => server.closeTopic({ as: session.me, ...change }));
}

async function upgrade(chat, onOpen) {
  const made = await attempt(() => server.migrate(chat.id));
  if (made) onOpen(made.chat);
}

async function addPerson(chat, done = () => {}) {
  const there = await memberIds(chat);
  const items = [...session.people.values()].filter((person) => !there.has(person.id));
  chooseOne({ title: words.addPerson, items }, async (user) => {
    await setMember(chat, user, "member");
    done();
  });
}

async function memberIds(chat) {
  const list = await attempt(() => server.members(session.me, chat.id));
  return new Set((list?.members ?? []).map((one) => one.id));
}

async function showMembers(chat) {
  const list = el("ul.members");
  const draw = async () => {
    const found = await attempt(() => server.members(session.me, chat.id));
    if (found) fill(list, found.members.map((member) => memberRow(chat, member, draw)));
  };
  await draw();
  openDialog(
    { title: chatName(chat) },
    el("p.dialog-note", {}, words.members(chat.members)),
    list,
    el("button.primary", { type: "button", onclick: () => addPerson(chat, draw) }, words.addPerson),
  );
}

function memberRow(chat, member, draw) {
  const isBot = member.id === session.bot.id;
  const set = (status) => async () => {
    await setMember(chat, member.id, status);
    await draw();
  };
  const items = [
    member.status === "administrator"
      ? { text: words.makePlain, icon: "shield", act: set("member") }
      : { text: words.makeAdmin, icon: "shield", act: set("administrator") },
    { text: words.removePerson, icon: "remove", danger: true, act: set(isBot ? "left" : "kicked") },
  ];
  return el(
    "li.member",
    {},
    avatar({ ...member, isBot }),
    el(
      "span.pick-words",
      {},
      el("span.pick-name", {}, member.name),
      el("span.pick-note", {}, isBot ? words.bot : session.people.get(member.id)?.note),
    ),
    el(`span.role.role-${member.status}`, {}, words[member.status]),
    member.status !== "creator" &&
      iconButton("more", words.more, {
        onclick: (event) => openMenu(event.currentTarget, items, { label: member.name }),
      }),
  );
}

/** Ask for the title, kind and members of a new group, and make it. */
export function newGroup(onOpen) {
  const title = el("input.field", {
    type: "text",
    required: true,
    maxlength: 128,
    placeholder: words.groupName,
    "aria-label": words.groupName,
  });
  const form = el(
    "form.dialog-form",
    { method: "dialog" },
    title,
    el("fieldset.kinds", {}, el("legend", {}, words.groupKind), kinds()),
    el(
      "div.crowd",
      { role: "group", "aria-label": words.groupMembers },
      el("p.legend", {}, words.groupMembers),
      crowd(),
    ),
    el("button.primary", { type: "submit" }, words.create),
  );
  form.addEventListener("submit", async () => {
    const data = new FormData(form);
    const kind = data.get("kind");
    const made = await attempt(() =>
      server.group({
        as: session.me,
        title: title.value.trim(),
        type: kind === "group" ? "group" : "supergroup",
        is_forum: kind === "forum",
        members: data.getAll("member").map(Number),
      }),
    );
    if (made) onOpen(made.chat);
  });
  openDialog({ title: words.newGroup }, form);
  title.focus();
}

function kinds() {
  const names = [
    ["group", words.kindGroup],
    ["supergroup", words.kindSupergroup],
    ["forum", words.kindForum],
  ];
  return names.map(([value, name], i) =>
    el(
      "label.kind",
      {},
      el("input", { type: "radio", name: "kind", value, checked: i === 0 }),
      name,
    ),
  );
}

function crowd() {
  return [...session.people.values()]
    .filter((person) => person.id !== session.me)
    .map((person) =>
      el(
        "label.crowd-row",
        {},
        el("input", { type: "checkbox", name: "member", value: person.id }),
        avatar(person),
        el(
          "span.pick-words",
          {},
          el("span.pick-name", {}, person.name),
          el("span.pick-note", {}, person.note),
        ),
      ),
    );
}
