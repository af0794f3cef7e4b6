// Inline mode: what the bot offers for a text behind its name, to be sent to the chat by a press.

import { byId, el } from "./dom.js";
import { t } from "./i18n.js";

const PAUSE_MS = 250;

export class OffersView {
  /** @param actions `ask(text)` gives a promise of a query's id or null, `choose(queryId, at)` one of whether it was sent */
  constructor(store, input, actions) {
    this.store = store;
    this.input = input;
    this.actions = actions;
    this.root = byId("offers");
    this.asked = null;
    this.shown = null;
    this.timer = 0;
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("keydown", (event) => this.#key(event));
    this.root.addEventListener("keydown", (event) => this.#key(event));
  }

  render() {
    if (!this.#question()) this.close();
    const offer = this.asked && this.store.offers.get(this.asked);
    if (!offer || offer === this.shown) return;
    this.shown = offer;
    this.#draw(offer);
  }

  close() {
    clearTimeout(this.timer);
    this.asked = null;
    this.root.hidden = true;
  }

  #question() {
    if (!this.store.group) return "";
    const name = `@${this.store.bot.username} `;
    const text = this.input.value;
    return text.toLowerCase().startsWith(name.toLowerCase()) ? text.slice(name.length).trim() : "";
  }

  #typed() {
    this.close();
    if (this.#question()) this.timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    const text = this.#question();
    const queryId = text ? await this.actions.ask(text) : null;
    if (!queryId || this.#question() !== text) return;
    this.asked = queryId;
    this.render();
  }

  #draw(offer) {
    const rows = offer.results.map((one, at) =>
      el("button", { type: "button", onclick: () => this.#choose(at) }, el("b", { dir: "auto" }, one.title), el("span", { dir: "auto" }, one.description)),
    );
    this.root.replaceChildren(...(rows.length ? rows : [el("p", {}, offer.button ?? t("noOffers"))]));
    this.root.hidden = false;
  }

  async #choose(at) {
    if (!(await this.actions.choose(this.asked, at))) return;
    this.close();
    this.input.value = "";
    this.input.dispatchEvent(new Event("input"));
    this.input.focus();
  }

  #key(event) {
    if (this.root.hidden) return;
    if (event.key === "Escape") {
      this.close();
      this.input.focus();
    } else if (event.key === "ArrowUp" && event.target === this.input) this.root.querySelector("button")?.focus();
    else return;
    event.preventDefault();
  }
}
