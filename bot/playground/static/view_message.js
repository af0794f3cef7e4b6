// One message as a bubble: text, photo, file, answer to which message, time, keyboard.

import { content, settle } from "./content.js";
import { calm, el, icon } from "./dom.js";
import { clock, gist, moment, size } from "./format.js";
import { t } from "./i18n.js";
import { Reveal } from "./reveal.js";
import { safeHref } from "./sanitize.js";

const SETTLE_MS = 420;

/** Only the server's own files are shown or offered. */
const ownPath = (url) => (/^\/(?!\/)/.test(url) ? url : "");

export class MessageView {
  /**
   * @param actions `press(message, button, node)`, `reply(message)`, `edit(message)`, `react(message, emoji)`, `jump(id)`, `enlarge(url)`
   * @param quoted finds the message with an id, or null
   */
  constructor(message, actions, quoted) {
    this.actions = actions;
    this.quoted = quoted;
    this.node = el("article", { class: `message ${message.from}`, "data-id": message.id });
    this.update(message);
  }

  /** Shows the message as it is now; `from` letters of it are on the screen already, the rest may grow in. */
  update(message, from = null) {
    this.growing?.stop(true);
    this.message = message;
    this.text = el("div", { class: `text${message.rich ? " rich" : ""}`, dir: "auto" });
    const body = message.html ? content(message.html, message.rich) : "";
    this.text.append(body, this.#meta());
    const bubble = el("div", { class: "bubble" }, this.#sender(), this.#reply(), this.#photo(), this.#document(), this.text, this.#reaction());
    bubble.classList.toggle("bare", Boolean(message.photo && !message.html));
    bubble.classList.toggle("file-only", Boolean(message.document && !message.html));
    const side = el("div", { class: "side-actions" }, this.#replyButton(), ...this.#ownButtons(), this.#inspectButton());
    this.node.replaceChildren(el("div", { class: "bubble-row" }, bubble, side), ...this.#keyboard());
    if (from !== null && !calm()) this.growing = new Reveal(this.text, { from, over: SETTLE_MS, done: () => settle(this.node) });
  }

  setRead(read) {
    this.node.classList.toggle("read", read);
  }

  #meta() {
    const { message } = this;
    const edited = message.edited ? el("span", { class: "edited" }, t("edited")) : null;
    const time = el("time", { dateTime: new Date(message.date * 1000).toISOString(), title: moment(message.date) }, clock(message.date));
    const ticks = message.from === "person" ? el("span", { class: "ticks", "aria-hidden": "true" }, icon("done"), icon("done")) : null;
    return el("span", { class: "meta", "data-decor": "" }, edited, time, ticks);
  }

  #reply() {
    if (!this.message.reply_to) return null;
    const id = this.message.reply_to;
    const source = this.quoted(id);
    return el(
      "button",
      { type: "button", class: "quoted", onclick: () => this.actions.jump(id) },
      el("b", {}, source?.sender ? this.actions.nameOf(source.sender) : source?.from === "person" ? t("you") : this.actions.botName()),
      el("span", { dir: "auto" }, source ? gist(source, 160) : t("deleted")),
    );
  }

  /** In a group: who has written it, or who alone sees it. */
  #sender() {
    const { sender, only_for: only, service } = this.message;
    if (service) return el("b", { class: "sender" }, t(service));
    const name = sender ? this.actions.nameOf(sender) : "";
    const alone = only ? el("small", {}, ` ${t("onlyFor")} ${this.actions.nameOf(only)}`) : null;
    return name || alone ? el("b", { class: "sender" }, name, alone) : null;
  }

  #reaction() {
    const { reaction, person_reaction: mine } = this.message;
    if (!reaction && !mine) return null;
    return el("span", { class: "reaction", title: reaction ? this.actions.botName() : t("you") }, reaction ?? mine);
  }

  #photo() {
    const url = ownPath(this.message.photo?.url ?? "");
    if (!url) return null;
    const image = el("img", { src: url, alt: t("photo"), loading: "lazy", decoding: "async" });
    return el("button", { type: "button", class: "photo", "aria-label": t("enlarge"), onclick: () => this.actions.enlarge(url) }, image);
  }

  #document() {
    const file = this.message.document;
    const url = ownPath(file?.url ?? "");
    if (!url) return null;
    const label = `${t("download")}: ${file.name}`;
    return el(
      "a",
      { class: "document", href: url, download: file.name, "aria-label": label },
      el("span", { class: "document-icon", "aria-hidden": "true" }, icon("file"), el("em", {}, (file.name.split(".").at(-1) ?? "").slice(0, 4))),
      el("span", { class: "document-body" }, el("b", { dir: "auto" }, file.name), el("small", {}, size(file.size))),
    );
  }

  #replyButton() {
    return el(
      "button",
      { type: "button", class: "icon-button small", title: t("reply"), "aria-label": t("reply"), onclick: () => this.actions.reply(this.message) },
      icon("reply"),
    );
  }

  /** What one does with a message of one's own, or thinks of one of the bot's. */
  #ownButtons() {
    const { message, actions } = this;
    if (message.from === "person") {
      if (message.photo || message.document) return [];
      return [this.#sideButton(t("edit"), icon("edit"), () => actions.edit(message))];
    }
    return [
      this.#sideButton(t("good"), icon("good"), () => actions.react(message, "👍")),
      this.#sideButton(t("bad"), icon("bad"), () => actions.react(message, "👎")),
    ];
  }

  #inspectButton() {
    return this.#sideButton(t("inspect"), icon("inspect"), () => this.actions.inspect(this.message));
  }

  #sideButton(label, sign, onclick) {
    return el("button", { type: "button", class: "icon-button small", title: label, "aria-label": label, onclick }, sign);
  }

  #keyboard() {
    if (!this.message.buttons?.length) return [];
    const rows = this.message.buttons.map((row) => el("div", { class: "keys" }, row.map((button) => this.#key(button))));
    return [el("div", { class: "keyboard" }, rows)];
  }

  #key(button) {
    const style = ["primary", "success", "danger"].includes(button.style) ? ` key-${button.style}` : "";
    const label = el("span", { dir: "auto" }, button.text);
    if (button.url !== undefined && button.url !== null) {
      return el("a", { class: `key${style}`, href: safeHref(button.url), target: "_blank", rel: "noopener noreferrer" }, label, icon("link"));
    }
    const key = el("button", { type: "button", class: `key${style}` }, label);
    key.addEventListener("click", () => this.actions.press(this.message, button, key));
    return key;
  }
}
