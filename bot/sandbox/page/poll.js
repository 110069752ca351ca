/** A poll or quiz in a message. */

import { el, icon } from "./dom.js";
import { session } from "./session.js";
import { words } from "./words.js";

/** What people chose from this page, for servers that do not say it with the poll. */
const chosen = new Map();

/** The options a person has voted for, as positions; empty while they have not voted. */
export function chosenOptions(poll) {
  return poll.chosen ?? chosen.get(`${session.me}:${poll.id}`) ?? [];
}

/** Remember what the person one is acting as voted for. */
export function rememberVote(poll, options) {
  chosen.set(`${session.me}:${poll.id}`, options);
}

/** The poll's card: options to tap until one has voted, shares of the votes afterwards. */
export function pollCard(message) {
  const { poll } = message;
  const mine = chosenOptions(poll);
  const open = !poll.is_closed && !mine.length;
  return el(
    "div.poll",
    { role: "group", "aria-label": poll.question },
    el("div.poll-question", {}, poll.question),
    el("div.poll-kind", {}, kindOf(poll)),
    el(
      "div.poll-options",
      {},
      poll.options.map((option, i) =>
        open ? choice(poll, option, i) : share(poll, option, i, mine),
      ),
    ),
    open &&
      poll.allows_multiple_answers &&
      el("button.poll-submit", { type: "button", data: { act: "vote-several" } }, words.vote),
    el("div.poll-total", {}, words.votes(poll.total_voter_count)),
  );
}

function kindOf(poll) {
  const kind = poll.is_anonymous ? words.anonymousPoll : words.publicPoll;
  return [
    poll.type === "quiz" ? words.quiz : kind,
    poll.allows_multiple_answers && words.several,
    poll.is_closed && words.closedPoll,
  ]
    .filter(Boolean)
    .join(" · ");
}

function choice(poll, option, i) {
  if (poll.allows_multiple_answers) {
    return el(
      "label.poll-choice",
      {},
      el("input", { type: "checkbox", value: i }),
      el("span", {}, option.text),
    );
  }
  return el(
    "button.poll-choice",
    { type: "button", data: { act: "vote", option: i } },
    el("span.poll-dot"),
    el("span", {}, option.text),
  );
}

function share(poll, option, i, mine) {
  const votes = poll.total_voter_count || 1;
  const percent = Math.round((option.voter_count / votes) * 100);
  const isMine = mine.includes(i);
  const right = poll.correct_option_ids ?? [poll.correct_option_id];
  const known = right.some((id) => id !== undefined && id !== null);
  const wrong = poll.type === "quiz" && known && isMine && !right.includes(i);
  const shows = isMine || (poll.type === "quiz" && right.includes(i));
  const bar = el("span.poll-bar");
  bar.style.setProperty("--share", percent ? `max(5px, ${percent}%)` : "0");
  return el(
    `div.poll-share${wrong ? ".wrong" : ""}${shows ? ".marked" : ""}`,
    {},
    el("span.poll-percent", {}, `${percent}%`),
    el("span.poll-text", {}, option.text),
    shows && el("span.poll-mark", {}, icon(wrong ? "close" : "check")),
    bar,
  );
}
