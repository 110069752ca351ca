/** The sandbox's own HTTP interface, and its stream of events. */

/** The server refused, in one sentence meant for the person. */
export class Refused extends Error {}

async function read(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return answer(await fetch(`${path}?${new URLSearchParams(given)}`));
}

async function send(path, body) {
  const form = body instanceof FormData;
  return answer(
    await fetch(path, {
      method: "POST",
      headers: form ? {} : { "content-type": "application/json" },
      body: form ? body : JSON.stringify(body),
    }),
  );
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error ?? `${response.status} ${response.statusText}`);
  return body;
}

/** One function for each thing a person can ask of the sandbox. */
export const server = {
  state: (as) => read("/api/state", { as }),
  messages: (query) => read("/api/messages", query),
  members: (as, chat) => read("/api/members", { as, chat }),
  say: (body) => send("/api/say", body),
  edit: (body) => send("/api/edit", body),
  press: (body) => send("/api/press", body),
  react: (body) => send("/api/react", body),
  vote: (body) => send("/api/vote", body),
  member: (body) => send("/api/member", body),
  group: (body) => send("/api/chat", body),
  topic: (body) => send("/api/topic", body),
  closeTopic: (body) => send("/api/topic/close", body),
  migrate: (chat) => send("/api/migrate", { chat }),
  block: (body) => send("/api/block", body),
  clock: (body) => send("/api/clock", body),
};

/**
 * Events for one person, for as long as the page lives: a lost connection is made anew.
 * `onLost` is called when it drops, `onBack` when it is there again (not the first time).
 */
export class Live {
  #source = null;
  #timer = 0;
  #lost = false;

  constructor({ onEvent, onLost, onBack }) {
    this.on = { event: onEvent, lost: onLost, back: onBack };
  }

  /** Follow this person; whoever was followed before is let go. */
  follow(as) {
    this.stop();
    const source = new EventSource(`/api/events?as=${as}`);
    this.#source = source;
    source.onopen = () => {
      if (this.#lost) this.on.back();
      this.#lost = false;
    };
    source.onmessage = (message) => this.on.event(JSON.parse(message.data));
    source.onerror = () => {
      this.#lost = true;
      this.on.lost();
      // A refused stream is closed for good by the browser; a broken one it retries itself.
      if (source.readyState === EventSource.CLOSED) {
        this.#timer = setTimeout(() => this.follow(as), 2000);
      }
    };
  }

  stop() {
    clearTimeout(this.#timer);
    this.#source?.close();
  }
}
