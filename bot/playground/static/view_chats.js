// The left column: one chat for each person that the page can be, and the groups that they share.

import { byId, el } from "./dom.js";
import { gist, when } from "./format.js";
import { t } from "./i18n.js";

function preview(store, chat) {
  if (chat.drafts.some((draft) => !draft.leaving) || chat.typing) return { text: `${t("typing")}…`, live: true };
  const last = chat.messages.at(-1);
  if (!last) return null;
  return { who: last.from === "person" ? `${t("you")}: ` : "", text: gist(last, 120) };
}

export class ChatsView {
  constructor(store, choose) {
    this.store = store;
    this.choose = choose;
    this.root = byId("people");
    this.rows = new Map();
    this.root.addEventListener("keydown", (event) => this.#arrows(event));
  }

  render() {
    const people = this.store.rooms;
    for (const [id, row] of this.rows) {
      if (people.some((person) => person.id === id)) continue;
      row.node.remove();
      this.rows.delete(id);
    }
    people.forEach((person) => this.#update(person));
  }

  #row(person) {
    const known = this.rows.get(person.id);
    if (known) return known;
    const row = {
      name: el("b"),
      time: el("time"),
      line: el("span", { class: "preview", dir: "auto" }),
      badge: el("span", { class: "badge" }),
    };
    row.node = el(
      "button",
      { type: "button", class: "peer", onclick: () => this.choose(person.id) },
      el("span", { class: `avatar avatar-${person.role}`, "aria-hidden": "true" }),
      el("span", { class: "peer-body" }, el("span", { class: "peer-top" }, row.name, row.time), el("span", { class: "peer-bottom" }, row.line, row.badge)),
    );
    this.rows.set(person.id, row);
    this.root.append(row.node);
    return row;
  }

  #update(person) {
    const row = this.#row(person);
    const chat = this.store.chat(person.id);
    const name = person.title ?? t(`role_${person.role}`);
    const active = this.store.active === person.id;
    const unread = active ? 0 : this.store.unread(person.id);
    const line = preview(this.store, chat);
    const last = chat.messages.at(-1);
    row.node.classList.toggle("active", active);
    row.node.setAttribute("aria-current", String(active));
    row.node.title = t(`about_${person.role}`);
    row.node.firstChild.textContent = [...name][0];
    row.name.textContent = name;
    row.time.textContent = last ? when(last.date) : "";
    row.line.replaceChildren(...(line?.who ? [el("i", {}, line.who)] : []), line?.text ?? t(`about_${person.role}`));
    row.line.classList.toggle("live", Boolean(line?.live));
    row.badge.hidden = unread === 0;
    row.badge.textContent = String(unread);
    row.badge.setAttribute("aria-label", `${unread} ${t("unread")}`);
  }

  #arrows(event) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const rows = [...this.root.children];
    const at = rows.indexOf(document.activeElement);
    rows[(at + step + rows.length) % rows.length]?.focus();
    event.preventDefault();
  }
}
