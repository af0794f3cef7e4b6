// Speaks the playground server's own HTTP interface; everything else on the page works with what comes from here.

/** The server said no, or could not be reached (`status` 0). */
export class ApiError extends Error {
  constructor(status, reason) {
    super(reason || `HTTP ${status}`);
    this.status = status;
  }
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new ApiError(0, "");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, body.error || body.description || "");
  return body;
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const state = () => call("/playground/state");

/** `groupId` is the group in which the person acts; null: their own chat. */
const where = (personId, groupId) => ({ person_id: personId, ...(groupId === null ? {} : { chat_id: groupId }) });

export const send = (personId, text, replyTo = null, groupId = null, threadId = null) =>
  post("/playground/send", { ...where(personId, groupId), text, reply_to: replyTo, thread_id: threadId });

export const makeGroup = (personId) => post("/playground/group", { person_id: personId, forum: true });

export const openTopic = (personId, chatId, name) => post("/playground/topic", { person_id: personId, chat_id: chatId, name });

export const askInline = (personId, text) => post("/playground/inline", { person_id: personId, text });

export const chooseInline = (queryId, chatId, result, threadId) =>
  post("/playground/choose", { query_id: queryId, chat_id: chatId, result, thread_id: threadId });

export const inspect = (chatId, messageId, code) =>
  call(`/playground/inspect?chat_id=${chatId}&message_id=${messageId}&language=${code}`);

export const edit = (personId, messageId, text, groupId = null) =>
  post("/playground/edit", { ...where(personId, groupId), message_id: messageId, text });

export const react = (personId, messageId, emoji) =>
  post("/playground/react", { person_id: personId, message_id: messageId, emoji });

export const press = (personId, messageId, data, groupId = null) =>
  post("/playground/press", { ...where(personId, groupId), message_id: messageId, data });

export const stop = (personId, draftId) => post("/playground/stop", { person_id: personId, draft_id: draftId });

export const language = (personId, code) => post("/playground/language", { person_id: personId, language_code: code });

export function upload(personId, files, caption, groupId = null) {
  const form = new FormData();
  form.append("person_id", String(personId));
  form.append("caption", caption);
  if (groupId !== null) form.append("chat_id", String(groupId));
  for (const file of files) form.append("file", file, file.name);
  return call("/playground/upload", { method: "POST", body: form });
}

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 4000;

/**
 * Keeps one event stream open for the life of the page. Every (re)connection starts from a whole snapshot, so that nothing
 * is missed or shown twice when the server was restarted meanwhile; then only the events after it are read.
 *
 * @param handlers `snapshot(state)`, `event(event, sequence)` and `connected(boolean)`
 */
export function follow(handlers) {
  let pause = FIRST_PAUSE_MS;
  let timer = 0;

  const retry = () => {
    handlers.connected(false);
    clearTimeout(timer);
    timer = setTimeout(connect, pause);
    pause = Math.min(pause * 1.6, LONGEST_PAUSE_MS);
  };

  async function connect() {
    let snapshot;
    try {
      snapshot = await state();
    } catch {
      retry();
      return;
    }
    handlers.snapshot(snapshot);
    const source = new EventSource(`/playground/events?after=${snapshot.sequence}`);
    source.onopen = () => {
      pause = FIRST_PAUSE_MS;
      handlers.connected(true);
    };
    source.onmessage = (message) => handlers.event(JSON.parse(message.data), Number(message.lastEventId));
    source.onerror = () => {
      source.close();
      retry();
    };
  }

  connect();
}
