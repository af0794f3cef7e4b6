// Holds what the page knows and folds the server's events into it; knows nothing of the DOM.

import { memory } from "./dom.js";
import { plain } from "./format.js";

const LEAVING_MS = 450;
const TYPING_MS = 5500;
const HEAD = 24;
const ORDER = ["me", "admin", "stranger"];

const squeeze = (message) => plain(message).replace(/\s+/g, "");

/** Whether a message continues what the draft had begun to say. */
function continues(message, draft) {
  const head = squeeze(draft).slice(0, HEAD);
  return head !== "" && squeeze(message).startsWith(head);
}

function emptyChat() {
  return { messages: [], drafts: [], commands: [], topics: {}, typing: null, adopted: new Map(), botAt: 0, heardUpTo: 0 };
}

export class Store {
  constructor(changed) {
    this.changed = changed;
    this.connected = null;
    this.bot = { username: "", first_name: "", online: false };
    this.people = [];
    this.groups = [];
    this.speaker = Number(memory.get("speaker")) || 1001;
    this.chats = new Map();
    this.answers = new Map();
    this.waiting = new Map();
    this.offers = new Map();
    this.thread = null;
    this.active = Number(memory.get("active")) || 1001;
    this.read = JSON.parse(memory.get("read") || "{}");
  }

  chat(id) {
    const key = Number(id);
    if (!this.chats.has(key)) this.chats.set(key, emptyChat());
    return this.chats.get(key);
  }

  get current() {
    return this.chat(this.active);
  }

  /** Who acts: the person whose chat is open, in a group whoever was chosen to speak there. */
  get person() {
    const id = this.group ? this.speaker : this.active;
    return this.people.find((person) => person.id === id) ?? null;
  }

  get group() {
    return this.groups.find((group) => group.id === this.active) ?? null;
  }

  /** All chats, as rows of the left column. */
  get rooms() {
    return [...this.people, ...this.groups.filter((group) => !group.moved_to).map((group) => ({ ...group, role: "group" }))];
  }

  /** In a group somebody else speaks from now on. */
  nextSpeaker() {
    const at = this.people.findIndex((person) => person.id === this.speaker);
    this.speaker = this.people[(at + 1) % this.people.length].id;
    memory.set("speaker", String(this.speaker));
    this.changed();
  }

  /** A whole state from the server takes the place of everything known. */
  snapshot(state) {
    this.bot = state.bot;
    this.people = state.people.toSorted((one, other) => ORDER.indexOf(one.role) - ORDER.indexOf(other.role));
    this.groups = state.groups ?? [];
    if (!this.person && this.people.length) this.active = this.people[0].id;
    const known = new Set(Object.keys(state.chats).map(Number));
    for (const id of this.chats.keys()) if (!known.has(id)) this.chats.delete(id);
    for (const [id, chat] of Object.entries(state.chats)) {
      const kept = this.chat(id);
      Object.assign(kept, { messages: chat.messages, drafts: chat.drafts, commands: chat.commands, topics: chat.topics ?? {}, typing: null });
      kept.heardUpTo = this.#lastBeforeBot(kept);
      const newest = chat.messages.at(-1)?.id ?? 0;
      this.read[id] = Math.min(this.read[id] ?? newest, newest);
    }
    this.changed();
  }

  setConnected(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.changed();
  }

  activate(id) {
    this.active = id;
    this.thread = null;
    memory.set("active", String(id));
    this.changed();
  }

  /** Shows one topic of the chat, or all of it with null. */
  chooseThread(id) {
    this.thread = id;
    this.changed();
  }

  /** What of the open chat is to be seen. */
  get shown() {
    const { messages, drafts } = this.current;
    if (this.thread === null) return { messages, drafts };
    const here = (one) => one.thread === this.thread;
    return { messages: messages.filter(here), drafts: drafts.filter(here) };
  }

  /** Everything in the chat that is open has been seen. */
  markRead() {
    const newest = this.current.messages.at(-1)?.id ?? 0;
    if (this.read[this.active] === newest) return;
    this.read[this.active] = newest;
    memory.set("read", JSON.stringify(this.read));
  }

  unread(id) {
    const after = this.read[id] ?? 0;
    return this.chat(id).messages.filter((message) => message.from === "bot" && message.id > after).length;
  }

  /** Calls back with the answer to a button's press, which may be here already or may never come. */
  whenAnswered(queryId, callback, milliseconds) {
    const early = this.answers.get(queryId);
    if (early) {
      callback(early);
      return;
    }
    const timer = setTimeout(() => {
      this.waiting.delete(queryId);
      callback(null);
    }, milliseconds);
    this.waiting.set(queryId, (answer) => {
      clearTimeout(timer);
      callback(answer);
    });
  }

  event(event) {
    const chat = event.chat_id === undefined ? null : this.chat(event.chat_id);
    const fold = {
      message: () => this.#message(chat, event.message),
      edit: () => this.#put(chat, event.message),
      delete: () => this.#remove(chat, event.message_ids),
      draft: () => this.#draft(chat, event.draft),
      draft_gone: () => this.#draftGone(chat, event.draft_id),
      action: () => this.#action(chat, event.action),
      callback_answer: () => this.#answer(event),
      inline: () => this.offers.set(event.query_id, event),
      topics: () => Object.assign(chat, { topics: event.topics }),
      group: () => this.#group(event.group),
      commands: () => Object.assign(chat, { commands: event.commands }),
      bot: () => Object.assign(this.bot, { online: event.online }),
    }[event.type];
    if (!fold) return;
    fold();
    this.changed();
  }

  #group(group) {
    this.groups = [...this.groups.filter((known) => known.id !== group.id), group];
  }

  #put(chat, message) {
    const at = chat.messages.findIndex((known) => known.id >= message.id);
    if (at === -1) chat.messages.push(message);
    else if (chat.messages[at].id === message.id) chat.messages[at] = message;
    else chat.messages.splice(at, 0, message);
  }

  #message(chat, message) {
    this.#put(chat, message);
    if (message.from !== "bot") return;
    chat.typing = null;
    chat.botAt = performance.now();
    this.#heard(chat);
    const draft = chat.drafts.find((known) => known.leaving || continues(message, known));
    if (draft) this.#adopt(chat, message, draft);
  }

  /** The message takes the draft's place on the screen and goes on from what it had shown. */
  #adopt(chat, message, draft) {
    chat.adopted.set(message.id, draft.draft_id);
    chat.drafts = chat.drafts.filter((known) => known !== draft);
  }

  #remove(chat, ids) {
    chat.messages = chat.messages.filter((message) => !ids.includes(message.id));
  }

  #draft(chat, draft) {
    const at = chat.drafts.findIndex((known) => known.draft_id === draft.draft_id);
    if (at === -1) chat.drafts.push(draft);
    else chat.drafts[at] = draft;
    chat.typing = null;
    this.#heard(chat);
  }

  /** A draft that goes usually makes room for its message: it stays a moment, so that the one can turn into the other. */
  #draftGone(chat, id) {
    const draft = chat.drafts.find((known) => known.draft_id === id);
    if (!draft) return;
    const last = chat.messages.at(-1);
    if (performance.now() - chat.botAt < LEAVING_MS && last?.from === "bot" && !chat.adopted.has(last.id)) {
      this.#adopt(chat, last, draft);
      return;
    }
    draft.leaving = true;
    setTimeout(() => {
      chat.drafts = chat.drafts.filter((known) => known !== draft);
      this.changed();
    }, LEAVING_MS);
  }

  #action(chat, action) {
    const typing = { action };
    chat.typing = typing;
    this.#heard(chat);
    setTimeout(() => {
      if (chat.typing !== typing) return;
      chat.typing = null;
      this.changed();
    }, TYPING_MS);
  }

  #answer(event) {
    this.answers.set(event.query_id, event);
    this.waiting.get(event.query_id)?.(event);
    this.waiting.delete(event.query_id);
  }

  /** The bot has stirred: what the person wrote until now has reached it. */
  #heard(chat) {
    chat.heardUpTo = chat.messages.findLast((message) => message.from === "person")?.id ?? 0;
  }

  #lastBeforeBot(chat) {
    const at = chat.messages.findLastIndex((message) => message.from === "bot");
    const before = at === -1 ? [] : chat.messages.slice(0, at);
    return before.findLast((message) => message.from === "person")?.id ?? 0;
  }
}
