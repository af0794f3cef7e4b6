// The friendly panel of an empty chat: a Start button and a few things to ask.

import { byId, el, icon } from "./dom.js";
import { t } from "./i18n.js";

export class StartView {
  constructor(store, say) {
    this.store = store;
    this.say = say;
    this.root = byId("start");
    this.built = "";
  }

  render() {
    const { store } = this;
    this.root.hidden = store.connected === null || store.current.messages.length > 0 || store.current.drafts.length > 0;
    const key = `${t("start")}:${store.active}:${store.bot.first_name}`;
    if (this.root.hidden || key === this.built) return;
    this.built = key;
    const ideas = ["idea1", "idea2", "idea3"].map((idea) =>
      el("button", { type: "button", class: "chip", onclick: () => this.say(t(idea)) }, t(idea)),
    );
    this.root.replaceChildren(
      el("span", { class: "start-mark", "aria-hidden": "true" }, icon("house")),
      el("h3", {}, t("startTitle")),
      el("p", {}, t("startText")),
      el("button", { type: "button", class: "primary", onclick: () => this.say("/start") }, t("start")),
      el("p", { class: "or" }, t("or")),
      el("div", { class: "chips" }, ideas),
    );
  }
}
