// The command menu: opens by its button or by a typed "/", filters as one types, is worked by the keyboard or the mouse.

import { byId, el } from "./dom.js";
import { t } from "./i18n.js";

export class CommandMenu {
  /**
   * @param input the text field
   * @param commands gives the commands of the open chat
   * @param actions `run(command)` sends it, `complete(command)` writes it into the field
   */
  constructor(input, commands, actions) {
    this.input = input;
    this.commands = commands;
    this.actions = actions;
    this.root = byId("menu");
    this.button = byId("slash");
    this.pinned = false;
    this.at = 0;
    this.found = [];
    this.button.addEventListener("click", () => this.#toggle());
    document.addEventListener("pointerdown", (event) => {
      if (this.open && !event.target.closest("#menu, #slash, #text")) this.close();
    });
  }

  get open() {
    return !this.root.hidden;
  }

  /** To be called when the text in the field or the list of commands has changed. */
  refresh() {
    const typed = /^\/([a-z0-9_]*)$/i.exec(this.input.value);
    if (!typed && !(this.pinned && this.input.value === "")) {
      this.close();
      return;
    }
    const part = (typed?.[1] ?? "").toLowerCase();
    const all = this.commands();
    const starts = all.filter((item) => item.command.startsWith(part));
    const others = all.filter((item) => !item.command.startsWith(part) && item.description.toLowerCase().includes(part));
    this.found = part.length > 2 ? [...starts, ...others] : starts;
    this.at = 0;
    this.#draw(part);
  }

  close() {
    this.pinned = false;
    this.root.hidden = true;
    this.#expanded(false);
  }

  /** Whether the key was for the menu. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "Escape") this.close();
    else if (this.found.length === 0) return false;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Tab" && !event.shiftKey) this.actions.complete(this.found[this.at].command);
    else if (event.key === "Enter" && !event.shiftKey) this.#run(this.found[this.at].command);
    else return false;
    event.preventDefault();
    return true;
  }

  #toggle() {
    if (this.open) {
      this.close();
      return;
    }
    this.pinned = true;
    if (this.input.value && !this.input.value.startsWith("/")) this.#showAll();
    else this.refresh();
    this.input.focus();
  }

  /** With a half-written text in the field the button shows every command. */
  #showAll() {
    this.found = this.commands();
    this.at = 0;
    this.#draw("");
  }

  #draw(part) {
    const rows = this.found.map((item, at) =>
      el(
        "div",
        {
          class: "command-row",
          role: "option",
          id: `command-${at}`,
          onpointerdown: (event) => event.preventDefault(),
          onclick: () => this.#run(item.command),
          onpointermove: () => at !== this.at && this.#select(at),
        },
        el("b", {}, "/", el("u", {}, item.command.startsWith(part) ? part : ""), item.command.slice(item.command.startsWith(part) ? part.length : 0)),
        el("span", { dir: "auto" }, item.description),
      ),
    );
    this.root.replaceChildren(...(rows.length ? rows : [el("p", {}, t("noCommands"))]));
    this.root.hidden = false;
    this.#expanded(true);
    if (rows.length) this.#select(0);
  }

  #move(step) {
    this.#select((this.at + step + this.found.length) % this.found.length);
    this.root.children[this.at].scrollIntoView({ block: "nearest" });
  }

  #select(at) {
    this.root.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = at;
    this.root.children[at].setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", `command-${at}`);
  }

  #run(command) {
    this.close();
    this.actions.run(command);
  }

  #expanded(open) {
    this.button.setAttribute("aria-expanded", String(open));
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }
}
