// What is behind a message: the calls of the Bot API that made it, and why which model answered.

import { content } from "./content.js";
import { byId, el } from "./dom.js";
import { precise } from "./format.js";
import { t } from "./i18n.js";

export class InspectorView {
  /** @param inspect gives a promise of the calls and the decision of a message, or of null */
  constructor(store, inspect) {
    this.store = store;
    this.inspect = inspect;
    this.root = byId("inspector");
    this.body = byId("inspector-body");
    this.message = null;
    this.before = null;
    byId("inspector-close").addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.root.hidden || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.close();
    });
  }

  async open(message) {
    this.before = document.activeElement;
    this.message = { chat: this.store.active, id: message.id, shown: message };
    await this.#load();
    if (!this.root.hidden) byId("inspector-title").focus();
  }

  close() {
    this.root.hidden = true;
    this.message = null;
    if (this.before?.isConnected) this.before.focus();
    else byId("text").focus();
  }

  /** Another chat has other messages; a message that has changed was changed by a call. */
  render() {
    if (!this.message) return;
    if (this.message.chat !== this.store.active) {
      this.root.hidden = true;
      this.message = null;
      return;
    }
    const now = this.store.current.messages.find((message) => message.id === this.message.id);
    if (!now || now === this.message.shown) return;
    this.message.shown = now;
    this.#load();
  }

  async #load() {
    const asked = this.message;
    const found = await this.inspect(asked.chat, asked.id);
    if (!found || this.message !== asked) return;
    this.body.replaceChildren(
      el("section", {}, el("h3", {}, t("decision")), this.#decision(found.decision)),
      el("section", {}, el("h3", {}, `${t("calls")} · ${found.calls.length}`), this.#calls(found.calls)),
    );
    this.root.hidden = false;
  }

  #decision(html) {
    if (!html) return el("p", { class: "none" }, t("noDecision"));
    return el("div", { class: "decision text", dir: "auto" }, content(html, false));
  }

  #calls(calls) {
    if (calls.length === 0) return el("p", { class: "none" }, t("noCalls"));
    return calls.map((call) =>
      el(
        "details",
        { class: call.ok ? "call" : "call refused" },
        el("summary", {}, el("b", {}, call.method), el("span", {}, `${precise(call.at)} · ${Math.round(call.seconds * 1000)} ms`)),
        el("h4", {}, t("parameters")),
        el("pre", { dir: "ltr", tabIndex: 0 }, JSON.stringify(call.params, null, 2)),
        el("h4", {}, t(call.ok ? "result" : "refusal")),
        el("pre", { dir: "ltr", tabIndex: 0 }, JSON.stringify(call.answer, null, 2)),
      ),
    );
  }
}
