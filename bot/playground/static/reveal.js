// Lets a text grow letter by letter in place: what is already laid out never moves, what is to come is not there yet.

import { calm, el } from "./dom.js";

const CELLS = new Set(["TD", "TH", "THEAD", "TBODY"]);
const JOINS = /^[\u200d\ufe0e\ufe0f\u0300-\u036f\u20e3\ud83c\udffb-\udfff]/;

/** The nearest cut at or after `at` that does not fall inside a character. */
function safeCut(text, at) {
  let cut = at;
  while (cut < text.length) {
    const low = text.charCodeAt(cut);
    const isLow = low >= 0xdc00 && low <= 0xdfff;
    if (!isLow && !JOINS.test(text[cut]) && text[cut - 1] !== "\u200d") break;
    cut += 1;
  }
  return cut;
}

export class Reveal {
  /**
   * @param root the element whose text is to appear; parts marked `data-decor` do not count
   * @param options `from` letters that are to be seen at once, `over` milliseconds for the rest, `caret`, and `done()`
   */
  constructor(root, { from = 0, over = 800, caret = false, done = () => {} }) {
    this.texts = [];
    this.elements = [];
    this.total = 0;
    this.#collect(root);
    this.caret = caret ? el("span", { class: "caret", "aria-hidden": "true", "data-decor": "" }) : null;
    this.root = root;
    this.done = done;
    this.next = { text: 0, element: 0 };
    this.shown = Math.min(from, this.total);
    if (calm() || document.hidden) this.shown = this.total;
    this.rate = Math.max(this.total - this.shown, 1) / over;
    this.exact = this.shown;
    this.before = null;
    this.frame = 0;
    this.#hideAhead();
    this.#show(this.shown);
    this.#schedule();
  }

  /** Ends the growth; `whole` shows what has not appeared yet. */
  stop(whole) {
    cancelAnimationFrame(this.frame);
    this.frame = -1;
    if (whole) this.#show(this.total);
    this.caret?.remove();
  }

  #collect(node) {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        this.texts.push({ node: child, full: child.data, start: this.total, end: this.total + child.data.length });
        this.total += child.data.length;
      } else if (child.nodeType === Node.ELEMENT_NODE && child.dataset.decor === undefined) {
        if (!CELLS.has(child.tagName)) this.elements.push({ node: child, at: this.total });
        if (child.classList.contains("formula")) this.total += Math.max(child.title.length, 1);
        else this.#collect(child);
      }
    }
  }

  #hideAhead() {
    this.elements.forEach(({ node, at }) => {
      if (at >= this.shown && at < this.total) node.setAttribute("data-pending", "");
    });
    for (const text of this.texts) if (text.end > this.shown) text.node.data = "";
  }

  #show(count) {
    this.shown = count;
    const { elements, texts, next } = this;
    while (next.element < elements.length && (elements[next.element].at < count || count >= this.total)) {
      elements[next.element].node.removeAttribute("data-pending");
      next.element += 1;
    }
    while (next.text < texts.length && texts[next.text].end <= count) {
      const { node, full } = texts[next.text];
      if (node.data !== full) node.data = full;
      next.text += 1;
    }
    const open = texts[next.text];
    if (open && open.start < count) open.node.data = open.full.slice(0, safeCut(open.full, count - open.start));
    this.#placeCaret(open && open.start < count ? open.node : texts[next.text - 1]?.node);
  }

  /** The caret stands after the last letter; where there is none yet, at the end of the text. */
  #placeCaret(after) {
    if (!this.caret) return;
    let spot = after ?? null;
    for (let at = this.next.text - 1; spot && at >= 0 && !spot.data.trim(); at -= 1) spot = this.texts[at].node;
    if (!spot) this.root.append(this.caret);
    else if (spot.nextSibling !== this.caret) spot.after(this.caret);
  }

  #schedule() {
    if (this.shown >= this.total) {
      this.done();
      return;
    }
    this.frame = requestAnimationFrame((now) => {
      const passed = this.before === null ? 16 : Math.min(now - this.before, 100);
      this.before = now;
      this.exact = Math.min(this.exact + passed * this.rate, this.total);
      if (Math.floor(this.exact) > this.shown || this.exact >= this.total) this.#show(Math.floor(this.exact));
      if (this.frame !== -1) this.#schedule();
    });
  }
}
