/** Pictures and files in messages, and the picture shown large. */

import { el, icon, iconButton } from "./dom.js";
import { words } from "./words.js";

const WIDEST = 400;
const TALLEST = 380;
const UNITS = ["B", "KB", "MB", "GB"];

/** A picture at its own proportions, its room kept before it has loaded. */
export function photoFrame(message) {
  const { url, width, height } = message.photo;
  const scale = Math.min(WIDEST / width, TALLEST / height, 1);
  const shown = Math.round(width * scale);
  const button = el(
    "button.photo",
    {
      type: "button",
      "aria-label": message.caption || words.photo,
      data: { act: "photo", id: message.message_id },
    },
    el("img", {
      src: url,
      alt: "",
      width: shown,
      height: Math.round(height * scale),
      loading: "lazy",
      decoding: "async",
    }),
  );
  button.style.setProperty("--width", `${shown}px`);
  return button;
}

/** A file to download: its kind, name and size. */
export function documentCard(message) {
  const { url, file_name: name, file_size: size } = message.document;
  return el(
    "a.document",
    { href: url, download: name ?? "" },
    el("span.document-kind", { "aria-hidden": "true" }, extension(name) || icon("file")),
    el(
      "span.document-words",
      {},
      el("span.document-name", {}, name ?? words.file),
      el("span.document-size", {}, byteSize(size)),
    ),
  );
}

/** Show a picture as large as the window; arrows walk through the others on screen. */
export function showPhoto(messages, index) {
  let at = index;
  const image = el("img", { alt: "" });
  const caption = el("p.lightbox-caption");
  const box = el(
    "dialog.lightbox",
    { "aria-label": words.photo },
    image,
    caption,
    iconButton("close", words.close, { onclick: () => box.close() }),
  );
  const show = () => {
    const { photo, caption: text } = messages[at];
    image.src = photo.url;
    image.width = photo.width;
    image.height = photo.height;
    caption.textContent = text ?? "";
    caption.hidden = !text;
  };
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    at = Math.min(Math.max(at + step, 0), messages.length - 1);
    show();
  });
  box.addEventListener("close", () => box.remove());
  show();
  document.body.append(box);
  box.showModal();
}

/** A number of bytes as people write it: 1.2 MB. */
export function byteSize(bytes) {
  if (!bytes) return "";
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${value < 10 && power ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

function extension(name) {
  return /\.([\p{L}\p{N}]{1,5})$/u.exec(name ?? "")?.[1].toLowerCase() ?? "";
}
