// The field at the bottom: writing, sending, attaching, answering to a message, the command menu.

import { byId } from "./dom.js";
import { gist, size } from "./format.js";
import { t } from "./i18n.js";
import { CommandMenu } from "./menu.js";

const LONGEST = 4096;
const BIGGEST = 60 * 1024 * 1024;
const MOST_FILES = 10;
const TALLEST_PX = 220;

/** A long text in pieces that one message can hold, cut at a line or a space where there is one. */
export function pieces(text) {
  const parts = [];
  let rest = text;
  while (rest.length > LONGEST) {
    const part = rest.slice(0, LONGEST);
    const cut = Math.max(part.lastIndexOf("\n"), part.lastIndexOf(" "));
    const at = cut > LONGEST / 2 ? cut : LONGEST;
    parts.push(rest.slice(0, at).trim());
    rest = rest.slice(at).trim();
  }
  return rest ? [...parts, rest] : parts;
}

export class ComposerView {
  /** @param actions `say(text, replyTo)`, `change(message, text)`, `attach(files, caption)`: promises of whether it was sent; `tell(text)`; `botName()` */
  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    this.input = byId("text");
    this.sendButton = byId("send");
    this.replyStrip = byId("reply");
    this.fileStrip = byId("attached");
    this.written = new Map();
    this.chat = null;
    this.replyTo = null;
    this.edited = null;
    this.files = [];
    this.busy = false;
    this.menu = new CommandMenu(this.input, () => store.current.commands, {
      run: (command) => this.#run(command),
      complete: (command) => this.#write(`/${command} `),
    });
    this.#listen();
  }

  /** Another chat has a field of its own: what was written stays with its chat. */
  render() {
    if (this.chat === this.store.active) return;
    if (this.chat !== null) this.written.set(this.chat, this.input.value);
    this.chat = this.store.active;
    this.reply(null);
    this.take([]);
    this.#write(this.written.get(this.chat) ?? "");
    if (matchMedia("(hover: hover)").matches) this.input.focus();
  }

  /** What is sent next takes the place of a message of one's own. */
  edit(message) {
    this.reply(message);
    [this.edited, this.replyTo] = [message, null];
    this.replyStrip.querySelector("b").textContent = t("edit");
    this.#write(message.text);
  }

  reply(message) {
    if (this.edited) this.#write("");
    this.edited = null;
    this.replyTo = message;
    this.replyStrip.hidden = !message;
    if (!message) return;
    const [name, text] = this.replyStrip.querySelectorAll("b, span");
    name.textContent = message.from === "person" ? t("you") : this.actions.botName();
    text.textContent = gist(message, 200);
    this.input.focus();
  }

  /** Several files are sent as one album. */
  take(files) {
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    if (bytes > BIGGEST || files.length > MOST_FILES) {
      this.actions.tell(t(bytes > BIGGEST ? "tooBig" : "tooMany"));
      return;
    }
    this.files = files;
    this.fileStrip.hidden = files.length === 0;
    this.#ready();
    if (files.length === 0) return;
    const more = files.length > 1 ? ` +${files.length - 1}` : "";
    this.fileStrip.querySelector("b").textContent = files[0].name + more;
    this.fileStrip.querySelector("span").textContent = size(bytes);
    this.#thumbnail(files[0]);
    this.input.focus();
  }

  #listen() {
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (files.length === 0) return;
      event.preventDefault();
      this.take(files);
    });
    const chooser = byId("file");
    byId("attach").addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      this.take([...chooser.files]);
      chooser.value = "";
    });
    this.replyStrip.querySelector("button").addEventListener("click", () => this.reply(null));
    this.fileStrip.querySelector("button").addEventListener("click", () => this.take([]));
    this.#listenToDrops();
  }

  #listenToDrops() {
    const area = byId("chat");
    const veil = byId("drop");
    const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    area.addEventListener("dragover", (event) => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      veil.hidden = false;
    });
    area.addEventListener("dragleave", (event) => {
      if (!area.contains(event.relatedTarget)) veil.hidden = true;
    });
    area.addEventListener("drop", (event) => {
      veil.hidden = true;
      if (!carriesFile(event)) return;
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.menu.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape") {
      this.reply(null);
      this.take([]);
    }
  }

  #typed() {
    this.#fit();
    this.#ready();
    this.menu.refresh();
  }

  #write(text) {
    this.input.value = text;
    this.#typed();
  }

  #fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST_PX)}px`;
    this.input.style.overflowY = this.input.scrollHeight > TALLEST_PX ? "auto" : "hidden";
  }

  #ready() {
    this.sendButton.disabled = this.busy || (this.input.value.trim() === "" && this.files.length === 0);
  }

  async #run(command) {
    const kept = this.input.value.startsWith("/") ? "" : this.input.value;
    this.#write("");
    await this.actions.say(`/${command}`, null);
    if (kept) this.#write(kept);
    this.input.focus();
  }

  async #submit() {
    const text = this.input.value.trim();
    if (this.busy || (!text && this.files.length === 0)) return;
    const { files, replyTo, edited } = this;
    this.busy = true;
    this.#write("");
    this.reply(null);
    this.take([]);
    const sent = await this.#sent(text, { files, replyTo, edited });
    this.busy = false;
    if (!sent) {
      this.#write(this.input.value || text);
      if (edited) this.edit(edited);
      else this.reply(replyTo);
      this.take(files);
    }
    this.#ready();
  }

  #sent(text, { files, replyTo, edited }) {
    if (edited) return this.actions.change(edited, text);
    return files.length > 0 ? this.actions.attach(files, text) : this.#sendAll(pieces(text), replyTo);
  }

  async #sendAll(parts, replyTo) {
    for (const part of parts) {
      if (!(await this.actions.say(part, replyTo?.id ?? null))) return false;
    }
    return true;
  }

  /** Draws the picture itself: an address of its own for it would need a wider content policy. */
  async #thumbnail(file) {
    const canvas = this.fileStrip.querySelector("canvas");
    const symbol = this.fileStrip.querySelector("svg");
    canvas.hidden = true;
    symbol.classList.remove("gone");
    if (!/^image\/(png|jpeg|webp|gif)$/.test(file.type)) return;
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture || this.files[0] !== file) return;
    const side = Math.min(picture.width, picture.height);
    const [x, y] = [(picture.width - side) / 2, (picture.height - side) / 2];
    canvas.getContext("2d").drawImage(picture, x, y, side, side, 0, 0, canvas.width, canvas.height);
    picture.close();
    canvas.hidden = false;
    symbol.classList.add("gone");
  }
}
