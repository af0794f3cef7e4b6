// Turns a message's HTML into what a reader can use: code to copy, spoilers to lift, quotations to open, commands to press.

import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { sanitize } from "./sanitize.js";
import { formula } from "./tex.js";

const COMMAND = /(^|[\s(])(\/[a-z0-9_]{1,32})(?![\w/@]|\.\w)/g;
const BLOCKS = "blockquote, pre, .code, .table, h1, h2, h3, h4, h5, h6, ul, ol, p, hr, details, div";

/** A fragment ready to be put into a bubble; `rich` texts have blocks of their own, others are lines. */
export function content(html, rich) {
  const fragment = sanitize(html);
  fragment.querySelectorAll("pre").forEach(dressCode);
  fragment.querySelectorAll("table").forEach((table) => wrap(table, "table"));
  fragment.querySelectorAll(".spoiler, .tg-spoiler").forEach(dressSpoiler);
  fragment.querySelectorAll("blockquote[expandable], blockquote.expandable").forEach(dressQuote);
  fragment.querySelectorAll(".formula, .math, .tg-math").forEach(dressFormula);
  linkCommands(fragment);
  if (!rich) trimLines(fragment);
  return fragment;
}

function wrap(node, className) {
  const around = el("div", { class: className });
  node.replaceWith(around);
  around.append(node);
  return around;
}

function languageOf(pre) {
  const holder = pre.querySelector("code") ?? pre;
  const named = [...holder.classList, ...pre.classList].find((name) => name.startsWith("language-"));
  return named ? named.slice("language-".length) : (pre.dataset.language ?? "");
}

function dressCode(pre) {
  const name = languageOf(pre);
  const around = wrap(pre, name ? "code" : "code nameless");
  around.dir = "ltr";
  const copy = el("button", { type: "button", class: "copy", "data-copy": "", "aria-label": t("copy"), title: t("copy") }, icon("copy"));
  around.prepend(el("div", { class: "code-head", "data-decor": "" }, el("span", {}, name), copy));
}

function dressSpoiler(node) {
  node.classList.add("spoiler");
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", t("reveal"));
}

function dressFormula(node) {
  const display = node.tagName === "DIV" || node.tagName === "PRE";
  const source = node.textContent;
  node.className = "formula";
  node.title = source;
  node.replaceChildren(formula(source, display) ?? source);
}

function dressQuote(quote) {
  quote.removeAttribute("expandable");
  quote.classList.add("expandable");
  quote.append(
    el("button", { type: "button", class: "more", "data-decor": "", "aria-expanded": "false", "aria-label": t("expand") }, icon("quote")),
  );
}

function linkCommands(fragment) {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    if (walker.currentNode.parentElement?.closest("a, code, pre, .formula, [data-decor]")) continue;
    if (walker.currentNode.data.search(COMMAND) !== -1) found.push(walker.currentNode);
  }
  for (const node of found) node.replaceWith(...splitCommands(node.data));
}

function splitCommands(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(COMMAND)) {
    const at = match.index + match[1].length;
    parts.push(text.slice(from, at));
    parts.push(el("a", { class: "command", role: "button", tabIndex: 0, "data-command": match[2] }, match[2]));
    from = at + match[2].length;
  }
  return [...parts, text.slice(from)];
}

/** In a text of lines the line break that follows a block is part of the block's end, and the last one shows nothing. */
function trimLines(fragment) {
  if (fragment.lastChild?.nodeType === Node.TEXT_NODE) fragment.lastChild.data = fragment.lastChild.data.trimEnd();
  for (const block of fragment.querySelectorAll(BLOCKS)) {
    const next = block.nextSibling;
    if (next?.nodeType === Node.TEXT_NODE) next.data = next.data.replace(/^\n/, "");
    else if (next?.nodeName === "BR") next.remove();
  }
}

/** Quotations that are short enough to be seen whole need no button; to be called when the text has its size. */
export function settle(root) {
  for (const quote of root.querySelectorAll("blockquote.expandable:not(.open)")) {
    quote.classList.toggle("short", quote.scrollHeight <= quote.clientHeight + 6);
  }
}

async function copy(button, tell) {
  const text = button.closest(".code").querySelector("pre").textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    tell(t("notCopied"));
    return;
  }
  button.replaceChildren(icon("done"));
  button.classList.add("copied");
  tell(t("copied"));
  setTimeout(() => {
    button.replaceChildren(icon("copy"));
    button.classList.remove("copied");
  }, 1600);
}

/**
 * Listens on the list of messages for everything that a text offers.
 *
 * @param root the element that holds all bubbles
 * @param actions `command(text)` and `tell(text)`
 */
export function listen(root, actions) {
  const act = (event) => {
    const target = event.target.closest?.("[data-copy], [data-command], .spoiler, blockquote.expandable");
    if (!target) return false;
    if (target.matches("[data-copy]")) copy(target, actions.tell);
    else if (target.matches("[data-command]")) actions.command(target.dataset.command);
    else if (target.matches(".spoiler")) reveal(target, event);
    else if (getSelection().isCollapsed) open(target);
    return true;
  };
  root.addEventListener("click", act);
  root.addEventListener("keydown", (event) => {
    if ((event.key !== "Enter" && event.key !== " ") || event.target.closest("button, summary")) return;
    if (act(event)) event.preventDefault();
  });
}

function reveal(spoiler, event) {
  if (!spoiler.classList.contains("shown")) event.preventDefault();
  const bubble = spoiler.closest(".text");
  for (const node of bubble.querySelectorAll(".spoiler")) {
    node.classList.add("shown");
    node.removeAttribute("role");
    node.removeAttribute("aria-label");
  }
}

function open(quote) {
  const opened = quote.classList.toggle("open");
  quote.querySelector(".more")?.setAttribute("aria-expanded", String(opened));
}
