/** Short notices over the page, and errors told to the person. */

import { el } from "./dom.js";
import { Refused } from "./server.js";
import { refusal, words } from "./words.js";

const SHOWN = 3600;
const PER_LETTER = 45;

/** Show a line for a few seconds, longer for longer ones; a newer one takes its place. */
export function toast(text, kind = "plain") {
  const layer = document.getElementById("toasts");
  const note = el(`div.toast.${kind}`, { testid: "toast" }, text);
  layer.replaceChildren(note);
  // Shown anew each time, so that it lies above dialogs opened meanwhile.
  if (layer.matches(":popover-open")) layer.hidePopover();
  layer.showPopover();
  setTimeout(() => note.classList.add("leaving"), SHOWN + text.length * PER_LETTER);
  note.addEventListener("transitionend", () => {
    if (!note.classList.contains("leaving")) return;
    note.remove();
    if (!layer.childElementCount && layer.matches(":popover-open")) layer.hidePopover();
  });
}

/** Do something at the server; where it fails, say why and give back undefined. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof TypeError)) throw error;
    toast(error instanceof Refused ? refusal(error.message) : words.failed, "failed");
    return undefined;
  }
}
