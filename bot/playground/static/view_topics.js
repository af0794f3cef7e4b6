// The topics of a chat as a row above it: one of them, or all that is said.

import { byId, el } from "./dom.js";
import { t } from "./i18n.js";

export class TopicsView {
  /** @param actions `choose(threadId)` and `create()` */
  constructor(store, actions) {
    this.store = store;
    this.actions = actions;
    this.root = byId("topics");
    this.create = byId("new-topic");
    this.built = "";
    this.create.addEventListener("click", () => actions.create());
  }

  render() {
    const { store } = this;
    const topics = Object.entries(store.current.topics);
    this.create.hidden = !store.connected || (store.group !== null && !store.group.forum);
    const key = JSON.stringify([store.active, store.thread, topics, t("allTopics")]);
    if (key === this.built) return;
    this.built = key;
    this.root.hidden = topics.length === 0;
    const rows = [[null, t("allTopics")], ...topics.map(([id, name]) => [Number(id), name])];
    this.root.replaceChildren(
      ...rows.map(([id, name]) =>
        el("button", { type: "button", dir: "auto", "aria-pressed": String(store.thread === id), onclick: () => this.actions.choose(id) }, name),
      ),
    );
  }
}
