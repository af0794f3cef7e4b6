// The conversation: keeps one bubble for each message and draft, in order, and the view at the newest one.

import { settle } from "./content.js";
import { byId, calm, el } from "./dom.js";
import { day, dayKey, plain } from "./format.js";
import { t } from "./i18n.js";
import { DraftView } from "./view_draft.js";
import { MessageView } from "./view_message.js";

const GROUP_SECONDS = 300;
const NEAR_PX = 90;
const FARTHEST_SLIDE_PX = 420;
const WINDOW = 150;

export class MessagesView {
  constructor(store, actions) {
    this.store = store;
    this.actions = { ...actions, jump: (id) => this.jumpTo(id) };
    this.scroller = byId("scroller");
    this.inner = byId("inner");
    this.log = byId("log");
    this.draftsRoot = byId("drafts");
    this.jump = byId("jump");
    this.views = new Map();
    this.drafts = new Map();
    this.days = new Map();
    this.chat = null;
    this.near = true;
    this.unseen = 0;
    this.window = WINDOW;
    this.height = 0;
    this.earlier = el("button", { type: "button", class: "earlier", onclick: () => this.#widen() });
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.log.addEventListener("click", (event) => this.#choose(event.target.closest(".message")));
    this.jump.addEventListener("click", () => this.toNewest(true));
    new ResizeObserver(() => this.#resized()).observe(this.inner);
    new ResizeObserver(() => this.near && this.toNewest(false)).observe(this.scroller);
  }

  /** Forgets all bubbles: after the language has changed, or for another chat. */
  reset() {
    for (const view of this.drafts.values()) view.end();
    this.views.clear();
    this.drafts.clear();
    this.days.clear();
    this.log.replaceChildren();
    this.draftsRoot.replaceChildren();
    this.chat = null;
  }

  render() {
    const place = `${this.store.active}:${this.store.thread}`;
    const fresh = this.chat !== place;
    if (fresh) {
      this.reset();
      this.chat = place;
      this.window = WINDOW;
      this.unseen = 0;
    }
    this.scroller.classList.toggle("still", fresh);
    const chat = this.store.current;
    const shown = this.store.shown;
    this.#messages(chat, shown.messages, fresh);
    this.#drafts(shown.drafts);
    if (fresh) {
      this.near = true;
      this.height = this.inner.offsetHeight;
      this.toNewest(false);
    }
    this.#jumpButton();
  }

  toNewest(smoothly) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smoothly && !calm() ? "smooth" : "instant" });
  }

  jumpTo(id) {
    if (!this.views.has(id)) this.#widen(Infinity);
    const view = this.views.get(id);
    if (!view) return;
    view.node.scrollIntoView({ block: "center", behavior: calm() ? "instant" : "smooth" });
    view.node.classList.remove("flash");
    void view.node.offsetWidth;
    view.node.classList.add("flash");
  }

  /** On a phone nothing is pointed at: what can be done with a message is shown once it has been pressed. */
  #choose(node) {
    for (const chosen of this.log.querySelectorAll(".chosen")) if (chosen !== node) chosen.classList.remove("chosen");
    node?.classList.add("chosen");
  }

  #messages(chat, all, fresh) {
    const messages = all.slice(-this.window);
    const kept = new Set(messages.map((message) => message.id));
    for (const [id, view] of this.views) {
      if (kept.has(id)) continue;
      view.node.remove();
      this.views.delete(id);
    }
    const order = [];
    if (messages.length < all.length) order.push(this.earlier);
    this.earlier.textContent = t("earlier");
    messages.forEach((message, at) => {
      const before = messages[at - 1];
      if (!before || dayKey(before.date) !== dayKey(message.date)) order.push(this.#day(message.date));
      const view = this.#view(chat, message, fresh);
      const after = messages[at + 1];
      const joins = after && after.from === message.from && after.date - message.date < GROUP_SECONDS && !message.buttons?.length;
      view.node.classList.toggle("last", !joins);
      view.setRead(message.from === "person" && message.id <= chat.heardUpTo);
      order.push(view.node);
    });
    this.#arrange(order);
  }

  #view(chat, message, fresh) {
    const known = this.views.get(message.id);
    if (!known) return this.#create(chat, message, fresh);
    if (known.message !== message && JSON.stringify(known.message) !== JSON.stringify(message)) {
      const [begun, now] = [plain(known.message), plain(message)];
      const grows = message.from === "bot" && begun && now.length > begun.length && now.startsWith(begun.slice(0, 24));
      known.update(message, grows ? begun.length : null);
      settle(known.node);
    }
    return known;
  }

  #create(chat, message, fresh) {
    const view = new MessageView(message, this.actions, (id) => chat.messages.find((known) => known.id === id) ?? null);
    this.views.set(message.id, view);
    const draft = this.drafts.get(chat.adopted.get(message.id));
    if (draft) {
      view.update(message, draft.shown);
      chat.adopted.delete(message.id);
    } else if (!fresh) {
      view.node.classList.add("arriving");
    }
    if (!fresh && !this.near && message.from === "bot") this.unseen += 1;
    if (!fresh && message.from === "person") this.near = true;
    requestAnimationFrame(() => settle(view.node));
    return view;
  }

  #drafts(drafts) {
    const kept = new Set(drafts.map((draft) => draft.draft_id));
    for (const [id, view] of this.drafts) {
      if (kept.has(id)) continue;
      view.end();
      view.node.remove();
      this.drafts.delete(id);
    }
    for (const draft of drafts) {
      const known = this.drafts.get(draft.draft_id);
      if (known) {
        known.update(draft);
        continue;
      }
      const view = new DraftView(draft, this.actions.stop);
      view.node.classList.add("arriving");
      this.drafts.set(draft.draft_id, view);
      this.draftsRoot.append(view.node);
    }
  }

  #day(seconds) {
    const key = dayKey(seconds);
    if (!this.days.has(key)) this.days.set(key, el("div", { class: "day" }, el("span", {}, day(seconds))));
    return this.days.get(key);
  }

  /** Puts the nodes into this order and moves only those that are out of place. */
  #arrange(order) {
    const wanted = new Set(order);
    for (const node of [...this.log.children]) if (!wanted.has(node)) node.remove();
    order.forEach((node, at) => {
      if (this.log.children[at] !== node) this.log.insertBefore(node, this.log.children[at] ?? null);
    });
  }

  #widen(count = this.window + WINDOW) {
    const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    this.window = count;
    this.near = false;
    this.render();
    this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.near = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (this.near) this.unseen = 0;
    this.#jumpButton();
  }

  /** What grows at the bottom pushes the rest up softly instead of by whole lines. */
  #resized() {
    const height = this.inner.offsetHeight;
    const grown = height - this.height;
    this.height = height;
    if (!this.near || grown === 0) return;
    this.toNewest(false);
    if (calm() || this.scroller.classList.contains("still") || Math.abs(grown) > FARTHEST_SLIDE_PX) return;
    const slide = [{ transform: `translateY(${grown}px)` }, { transform: "none" }];
    this.inner.animate(slide, { duration: 190, easing: "cubic-bezier(.2,.7,.3,1)", composite: "add" });
  }

  #jumpButton() {
    this.jump.hidden = this.near;
    const badge = this.jump.querySelector(".badge");
    badge.hidden = this.unseen === 0;
    badge.textContent = String(this.unseen);
  }
}
