// Lets a known set of tags and attributes through, and builds the result anew: the second lock after the server's escaping.

const TAGS = new Set(
  ("a b strong i em u ins s strike del code pre br p div span blockquote ul ol li h1 h2 h3 h4 h5 h6 hr table caption " +
    "thead tbody tfoot tr th td details summary sub sup mark small cite footer figure figcaption img input").split(" "),
);
const DROPPED = new Set("script style template iframe object embed noscript textarea select svg math form button".split(" "));
const RENAMED = {
  "tg-spoiler": ["span", "spoiler"],
  "tg-math": ["code", "formula"],
  "tg-math-block": ["div", "formula"],
  "tg-thinking": ["div", "thought"],
  "tg-emoji": ["span", ""],
  "tg-time": ["span", ""],
};
const CLASSES = /^(language-[\w+#.-]{1,40}|tg-[a-z-]{1,30}|[a-z]{3,20}(-[a-z]{2,20})?)$/;
const SCHEMES = new Set(["http:", "https:", "tg:", "mailto:", "tel:"]);
const DEEPEST = 60;

/** The address as it may be followed, or null. */
export function safeHref(address) {
  try {
    const url = new URL(address.trim());
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const whole = (value, low, high) => (/^\d{1,4}$/.test(value) && value >= low && value <= high ? value : null);

const ATTRIBUTES = {
  class: (value) => value.split(/\s+/).filter((name) => CLASSES.test(name)).join(" ") || null,
  dir: (value) => (["ltr", "rtl", "auto"].includes(value) ? value : null),
  expandable: (_value, tag) => (tag === "blockquote" ? "" : null),
  open: (_value, tag) => (tag === "details" ? "" : null),
  "data-language": (value) => value.slice(0, 40),
  start: (value, tag) => (tag === "ol" ? whole(value, 0, 9999) : null),
  value: (value, tag) => (tag === "li" ? whole(value, 0, 9999) : null),
  reversed: (_value, tag) => (tag === "ol" ? "" : null),
  colspan: (value) => whole(value, 1, 20),
  rowspan: (value) => whole(value, 1, 200),
  align: (value, tag) => (["td", "th"].includes(tag) && ["left", "center", "right"].includes(value) ? value : null),
  alt: (value, tag) => (tag === "img" ? value : null),
  checked: (_value, tag) => (tag === "input" ? "" : null),
};

function build(source, deep) {
  const name = source.tagName.toLowerCase();
  if (DROPPED.has(name)) return [];
  const [tag, added] = RENAMED[name] ?? [name, ""];
  const inside = deep < DEEPEST ? children(source, deep + 1) : [document.createTextNode(source.textContent)];
  if (!TAGS.has(tag)) return inside;
  if (tag === "input" && source.getAttribute("type") !== "checkbox") return [];
  if (tag === "img" && !/^\/(?!\/)/.test(source.getAttribute("src") || "")) return [];
  const node = document.createElement(tag);
  for (const { name: attribute, value } of source.attributes) {
    const kept = ATTRIBUTES[attribute]?.(value, tag);
    if (kept !== null && kept !== undefined) node.setAttribute(attribute, kept);
  }
  if (added) node.classList.add(added);
  if (tag === "a") link(node, source.getAttribute("href") || "");
  if (tag === "img") node.src = source.getAttribute("src");
  if (tag === "input") Object.assign(node, { type: "checkbox", disabled: true });
  node.append(...inside);
  return [node];
}

function link(node, address) {
  const href = safeHref(address);
  if (!href) return;
  node.href = href;
  node.title = href;
  node.rel = "noopener noreferrer";
  node.target = "_blank";
}

function children(source, deep) {
  const built = [];
  for (const child of source.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) built.push(document.createTextNode(child.data));
    else if (child.nodeType === Node.ELEMENT_NODE) built.push(...build(child, deep));
  }
  return built;
}

/** A fragment made of the allowed parts of `html`. */
export function sanitize(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const fragment = document.createDocumentFragment();
  fragment.append(...children(parsed.body, 0));
  return fragment;
}
