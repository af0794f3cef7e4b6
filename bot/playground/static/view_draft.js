// A message that is still being written: thinking dots, then text that grows smoothly from one frame to the next, and Stop.

import { content, settle } from "./content.js";
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { Reveal } from "./reveal.js";

const SLOWEST_MS = 1500;
const FASTEST_MS = 180;
const FIRST_LETTERS = 8;

export class DraftView {
  /** @param stop is called with the draft when its Stop is pressed, and returns a promise */
  constructor(draft, stop) {
    this.text = el("div", { class: "text", dir: "auto" });
    this.stopButton = el("button", { type: "button", class: "key stop", onclick: () => this.#stop(stop) }, icon("stop"), el("span", {}, t("stop")));
    this.keyboard = el("div", { class: "keyboard" }, el("div", { class: "keys" }, this.stopButton));
    const bubble = el("div", { class: "bubble" }, this.text);
    this.node = el("article", { class: "message bot last draft" }, el("div", { class: "bubble-row" }, bubble), this.keyboard);
    this.interval = 700;
    this.updatedAt = performance.now();
    this.update(draft);
  }

  /** How many letters are on the screen. */
  get shown() {
    return this.growing?.shown ?? 0;
  }

  update(draft) {
    this.keyboard.hidden = !draft.can_stop || Boolean(draft.leaving);
    this.node.classList.toggle("leaving", Boolean(draft.leaving));
    if (draft === this.draft) return;
    const before = this.draft;
    this.draft = draft;
    if (before && before.html === draft.html && before.thinking === draft.thinking) return;
    if (draft.thinking) this.#think();
    else this.#grow(draft);
  }

  end() {
    this.growing?.stop(false);
  }

  #think() {
    this.growing?.stop(false);
    this.growing = null;
    this.node.classList.add("thinking");
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.text.replaceChildren(el("span", { class: "thinking-label" }, t("thinking")), dots);
  }

  #grow(draft) {
    const from = Math.max(this.shown, FIRST_LETTERS);
    this.growing?.stop(false);
    this.node.classList.remove("thinking");
    this.text.classList.toggle("rich", Boolean(draft.rich));
    this.#measure();
    this.#put(content(draft.html, draft.rich));
    this.growing = new Reveal(this.text, { from, over: this.interval, caret: true });
    settle(this.text);
  }

  /** Frames arrive about evenly: each is shown over as long as the one before took to come. */
  #measure() {
    const now = performance.now();
    const passed = Math.min(Math.max(now - this.updatedAt, FASTEST_MS), SLOWEST_MS);
    this.interval += (passed * 1.05 - this.interval) * 0.5;
    this.updatedAt = now;
  }

  /** Keeps the leading nodes that have not changed, so that a selection or an opened quotation survives. */
  #put(fragment) {
    const old = this.text;
    let same = old.firstChild;
    while (same && fragment.firstChild && same.isEqualNode(fragment.firstChild)) {
      fragment.firstChild.remove();
      same = same.nextSibling;
    }
    while (same) {
      const next = same.nextSibling;
      same.remove();
      same = next;
    }
    old.append(fragment);
  }

  async #stop(stop) {
    this.stopButton.disabled = true;
    this.stopButton.classList.add("busy");
    await stop(this.draft);
    this.stopButton.disabled = false;
    this.stopButton.classList.remove("busy");
  }
}
