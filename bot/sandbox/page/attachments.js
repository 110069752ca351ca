/** The strip of pictures and files about to be sent. */

import { el, fill, icon, iconButton } from "./dom.js";
import { byteSize } from "./media.js";
import { words } from "./words.js";

const THUMB = 144;

export class Attachments {
  #files = [];
  #asFile = el("input", { type: "checkbox" });

  /**
   * @param {HTMLElement} root the strip
   * @param {() => void} onChange called when files come or go
   */
  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.#draw();
  }

  get files() {
    return this.#files;
  }

  /** Whether pictures are to be sent as files, unchanged. */
  get asFile() {
    return this.#asFile.checked;
  }

  add(files) {
    this.#files.push(...files);
    this.#draw();
    this.onChange();
  }

  clear() {
    this.#files = [];
    this.#asFile.checked = false;
    this.#draw();
    this.onChange();
  }

  #draw() {
    this.root.hidden = !this.#files.length;
    fill(
      this.root,
      this.#files.map((file) => this.#tile(file)),
      this.#files.some(isPicture) && el("label.as-file", {}, this.#asFile, words.asFile),
    );
  }

  #tile(file) {
    return el(
      "figure.tile",
      { title: file.name },
      isPicture(file) ? thumbnail(file) : el("span.tile-icon", {}, icon("file")),
      el(
        "figcaption",
        {},
        el("span.tile-name", {}, file.name),
        el("span.tile-size", {}, byteSize(file.size)),
      ),
      iconButton("close", words.removeFile(file.name), {
        onclick: () => {
          this.#files = this.#files.filter((one) => one !== file);
          this.#draw();
          this.onChange();
        },
      }),
    );
  }
}

const isPicture = (file) => file.type.startsWith("image/");

/** Drawn onto a canvas, because the page loads nothing but what its server gives it. */
function thumbnail(file) {
  const canvas = el("canvas", { width: THUMB, height: THUMB });
  createImageBitmap(file).then((bitmap) => {
    const side = Math.min(bitmap.width, bitmap.height);
    const x = (bitmap.width - side) / 2;
    const y = (bitmap.height - side) / 2;
    canvas.getContext("2d").drawImage(bitmap, x, y, side, side, 0, 0, THUMB, THUMB);
  }, () => canvas.replaceWith(el("span.tile-icon", {}, icon("file"))));
  return canvas;
}
