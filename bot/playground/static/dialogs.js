// What appears above the page for a moment: short notes, alerts that want an OK, a photo in full size.

import { byId, el } from "./dom.js";

const SHOWN_MS = 3200;

/** A note at the bottom that goes by itself. */
export function toast(text) {
  const note = el("div", { class: "toast", dir: "auto" }, text);
  const root = byId("toasts");
  root.append(note);
  while (root.children.length > 3) root.firstChild.remove();
  setTimeout(() => {
    note.classList.add("going");
    setTimeout(() => note.remove(), 250);
  }, SHOWN_MS + text.length * 25);
}

export function alertBox(title, text) {
  const dialog = byId("alert");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  if (!dialog.open) dialog.showModal();
}

/** Asks for a line of text; gives a promise of it, empty when the person would rather not. */
export function askFor(title) {
  const dialog = byId("ask");
  const input = byId("ask-text");
  byId("ask-title").textContent = title;
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok" ? input.value.trim() : ""), { once: true });
  });
}

export function enlarge(url) {
  const dialog = byId("lightbox");
  dialog.querySelector("img").src = url;
  dialog.showModal();
}

/** A press outside of a dialog closes it. */
export function listen() {
  byId("ask-cancel").addEventListener("click", () => byId("ask").close());
  for (const dialog of [byId("alert"), byId("lightbox")]) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.tagName === "IMG") dialog.close();
    });
  }
}
