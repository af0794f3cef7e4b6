// The head of the conversation: whom one talks to, whether it is there, and what it is doing.

import { byId, el } from "./dom.js";
import { has, t } from "./i18n.js";

export class HeaderView {
  constructor(store) {
    this.store = store;
    this.name = byId("bot-name");
    this.status = byId("bot-status");
    this.you = byId("you");
    this.banner = byId("banner");
    this.you.addEventListener("click", () => store.nextSpeaker());
    this.shown = "";
  }

  render() {
    const { store } = this;
    this.name.textContent = store.group ? store.group.title : store.bot.first_name || store.bot.username || "…";
    this.you.textContent = store.person ? t(`as${store.person.role[0].toUpperCase()}${store.person.role.slice(1)}`) : "";
    this.you.disabled = !store.group;
    this.you.title = store.group ? t("nextSpeaker") : "";
    this.you.className = `you you-${store.person?.role ?? "me"}`;
    this.#status();
    const lost = store.connected === false;
    this.banner.hidden = !lost;
    this.banner.lastElementChild.textContent = lost ? t("reconnecting") : "";
  }

  #status() {
    const { store } = this;
    const [kind, text] = this.#state(store.current);
    const key = `${kind}:${text}`;
    if (key === this.shown) return;
    this.shown = key;
    this.status.className = kind;
    const dots = kind === "busy" ? [el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"))] : [];
    this.status.replaceChildren(text, ...dots);
  }

  #state(chat) {
    if (!this.store.connected) return ["off", t(this.store.connected === null ? "connecting" : "offline")];
    if (chat.typing) return ["busy", has(chat.typing.action) ? t(chat.typing.action) : t("typing")];
    if (chat.drafts.some((draft) => !draft.leaving)) return ["busy", t("typing")];
    return this.store.bot.online ? ["on", t("online")] : ["off", t("offline")];
  }
}
