// Puts the page together: the store in the middle, the views around it, the server behind it.

import * as api from "./api.js";
import { listen as listenToContent } from "./content.js";
import { alertBox, askFor, enlarge, listen as listenToDialogs, toast } from "./dialogs.js";
import { byId, memory } from "./dom.js";
import { LANGUAGES, language, speak, t } from "./i18n.js";
import { Store } from "./store.js";
import { ChatsView } from "./view_chats.js";
import { ComposerView } from "./view_composer.js";
import { HeaderView } from "./view_header.js";
import { InspectorView } from "./view_inspector.js";
import { MessagesView } from "./view_messages.js";
import { OffersView } from "./view_offers.js";
import { StartView } from "./view_start.js";
import { TopicsView } from "./view_topics.js";

const ANSWER_MS = 20_000;
const THEMES = ["auto", "light", "dark"];

const store = new Store(schedule);
const botName = () => store.bot.first_name || store.bot.username || "Domovoy";

/** Whether the request went through; a failure is told to the person. */
async function attempt(request, complaint) {
  try {
    return (await request) ?? {};
  } catch (error) {
    if (!(error instanceof api.ApiError)) throw error;
    toast(error.status ? `${complaint.split(".")[0]}: ${error.message}` : complaint);
    return null;
  }
}

function nameOf(personId) {
  const role = store.people.find((person) => person.id === personId)?.role;
  return role ? t(`role_${role}`) : "";
}

async function say(text, replyTo = null) {
  messages.near = true;
  return Boolean(await attempt(api.send(store.person.id, text, replyTo, store.group?.id ?? null, store.thread), t("notSent")));
}

async function react(message, emoji) {
  const taken = message.person_reaction === emoji;
  await attempt(api.react(store.active, message.id, taken ? null : emoji), t("notPressed"));
}

async function press(message, button, key) {
  if (key.classList.contains("busy")) return;
  key.classList.add("busy");
  const done = () => key.classList.remove("busy");
  const result = await attempt(api.press(store.person.id, message.id, button.data, store.group?.id ?? null), t("notPressed"));
  if (!result) {
    done();
    return;
  }
  store.whenAnswered(
    result.query_id,
    (answer) => {
      done();
      if (!answer) toast(t("noAnswer"));
      else if (answer.text && answer.show_alert) alertBox(botName(), answer.text);
      else if (answer.text) toast(answer.text);
    },
    ANSWER_MS,
  );
}

async function openTopic() {
  const name = await askFor(t("topicName"));
  const made = name && (await attempt(api.openTopic(store.person.id, store.active, name), t("notSent")));
  if (made?.thread_id) store.chooseThread(made.thread_id);
}

const inspector = new InspectorView(store, (chatId, id) => attempt(api.inspect(chatId, id, language()), t("notInspected")));
const topics = new TopicsView(store, { choose: (id) => store.chooseThread(id), create: openTopic });
const offers = new OffersView(store, byId("text"), {
  ask: async (text) => (await attempt(api.askInline(store.person.id, text), t("notSent")))?.query_id ?? null,
  choose: async (queryId, at) => Boolean(await attempt(api.chooseInline(queryId, store.active, at, store.thread), t("notSent"))),
});
const messages = new MessagesView(store, {
  press,
  enlarge,
  botName,
  nameOf,
  reply: (message) => composer.reply(message),
  edit: (message) => composer.edit(message),
  react,
  inspect: (message) => inspector.open(message),
  stop: (draft) => attempt(api.stop(store.active, draft.draft_id), t("notPressed")),
});
const composer = new ComposerView(store, {
  say,
  change: async (message, text) => Boolean(await attempt(api.edit(store.person.id, message.id, text, store.group?.id ?? null), t("notSent"))),
  attach: async (files, caption) => Boolean(await attempt(api.upload(store.person.id, files, caption, store.group?.id ?? null), t("notSent"))),
  tell: toast,
  botName,
});
const views = [new ChatsView(store, (id) => store.activate(id)), new HeaderView(store), new StartView(store, say), messages, composer, topics, offers, inspector];

let scheduled = false;

/** Draws soon, once for everything that has changed by then; a hidden page has no frames, but a title. */
function schedule() {
  if (scheduled) return;
  scheduled = true;
  if (document.hidden) setTimeout(render, 50);
  else requestAnimationFrame(render);
}

function render() {
  scheduled = false;
  if (!document.hidden) store.markRead();
  for (const view of views) view.render();
  byId("make-group").hidden = store.groups.length > 0 || !store.connected;
  const unread = store.rooms.reduce((sum, room) => sum + store.unread(room.id), 0);
  document.title = `${unread ? `(${unread}) ` : ""}${botName()}`;
  byId("app").dataset.ready = String(store.connected !== null);
}

/** The page's language is also the language of the people on it: the bot is told where it knows another. */
function tellLanguage() {
  for (const person of store.people) {
    if (person.language_code === language()) continue;
    person.language_code = language();
    api.language(person.id, language()).catch(() => {});
  }
}

function setLanguage(code) {
  speak(code);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language()));
  }
  showTheme();
  tellLanguage();
  messages.reset();
  schedule();
}

function showTheme() {
  const theme = document.documentElement.dataset.theme ?? "auto";
  const label = t(`theme${theme[0].toUpperCase()}${theme.slice(1)}`);
  const button = byId("theme");
  button.querySelector("use").setAttribute("href", `#i-${theme}`);
  button.setAttribute("aria-label", label);
  button.title = label;
}

function nextTheme() {
  const theme = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % THEMES.length];
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  memory.set("theme", theme === "auto" ? null : theme);
  showTheme();
}

/** Typing anywhere on the page goes into the field. */
function typeAnywhere(event) {
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === " " || event.target.closest("input, textarea, [role=button]")) return;
  byId("text").focus();
}

byId("make-group").addEventListener("click", async () => {
  const made = await attempt(api.makeGroup(store.person?.id ?? store.speaker), t("notSent"));
  if (made?.group) store.activate(made.group.id);
});
byId("theme").addEventListener("click", nextTheme);
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    memory.set("language", button.dataset.language);
    setLanguage(button.dataset.language);
  });
}
document.addEventListener("visibilitychange", schedule);
document.addEventListener("keydown", typeAnywhere);
byId("address").textContent = location.host;
listenToDialogs();
listenToContent(byId("inner"), { command: (text) => say(text), tell: toast });
setLanguage(memory.get("language") ?? LANGUAGES.find((code) => navigator.language.startsWith(code)) ?? "en");
api.follow({
  snapshot: (state) => {
    store.snapshot(state);
    tellLanguage();
  },
  event: (event) => store.event(event),
  connected: (connected) => store.setConnected(connected),
});
