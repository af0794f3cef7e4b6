// Builds DOM nodes from plain values: text only ever goes in as text.

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties, `on*` listeners, attributes (`aria-…`, `data-…`, `role`…) and children. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name in node && !name.includes("-")) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** One of the page's own icons. */
export function icon(name, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Remembers small preferences; a browser that forbids storage just forgets them. */
export const memory = {
  get(key) {
    try {
      return localStorage.getItem(`playground.${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem(`playground.${key}`);
      else localStorage.setItem(`playground.${key}`, value);
    } catch {
      // Nothing to do: the choice lasts until the page is closed.
    }
  },
};
