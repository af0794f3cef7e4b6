// Sets formulas: the part of TeX that language models write, as MathML, which every browser draws by itself.

const MATHML = "http://www.w3.org/1998/Math/MathML";
const LETTERS = words(`alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ
  lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ
  Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω ell ℓ hbar ℏ infty ∞ partial ∂ nabla ∇ emptyset ∅ Re ℜ Im ℑ aleph ℵ`);
const OPERATORS = words(`cdot · times × div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗ le ≤ leq ≤ ge ≥ geq ≥
  ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃
  supseteq ⊇ cup ∪ cap ∩ setminus ∖ land ∧ wedge ∧ lor ∨ vee ∨ neg ¬ lnot ¬ forall ∀ exists ∃ to → rightarrow → leftarrow ←
  leftrightarrow ↔ Rightarrow ⇒ implies ⟹ Leftarrow ⇐ iff ⟺ Leftrightarrow ⇔ mapsto ↦ uparrow ↑ downarrow ↓ dots …
  ldots … cdots ⋯ vdots ⋮ ddots ⋱ mid ∣ parallel ∥ perp ⊥ angle ∠ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉
  lbrace { rbrace } vert | Vert ‖ prime ′ colon : degree °`);
const BIG = words("sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂");
const INTEGRALS = words("int ∫ iint ∬ iiint ∭ oint ∮");
const NAMES = new Set("sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln lg exp det dim ker deg gcd arg Pr hom".split(" "));
const LIMITS = new Set("lim max min sup inf limsup liminf argmax argmin".split(" "));
const SPACES = { ",": "0.17em", ":": "0.22em", ";": "0.28em", " ": "0.3em", quad: "1em", qquad: "2em", "!": "-0.17em" };
const ACCENTS = words("hat ^ widehat ^ bar ¯ overline ¯ vec → dot ˙ ddot ¨ tilde ~ widetilde ~");
const DOUBLE = words("R ℝ N ℕ Z ℤ Q ℚ C ℂ P ℙ E 𝔼 H ℍ F 𝔽");
const FENCES = { pmatrix: "()", bmatrix: "[]", Bmatrix: "{}", vmatrix: "||", cases: "{ " };

const DEEPEST = 40;

function words(list) {
  const parts = list.trim().split(/\s+/);
  return Object.fromEntries(parts.flatMap((name, at) => (at % 2 ? [] : [[name, parts[at + 1]]])));
}

function make(tag, content = [], attributes = {}) {
  const node = document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...(Array.isArray(content) ? content : [content]));
  return node;
}

const row = (items) => (items.length === 1 ? items[0] : make("mrow", items));
const operator = (text, attributes = {}) => make("mo", text, attributes);

/** A fence as high as so many rows, also where the font has none that grow. */
function tall(fence, rows) {
  if (!fence.trim()) return make("mrow");
  const height = Math.min(rows, 6) * 1.12;
  const sign = operator(fence, { stretchy: "false", mathsize: `${Math.round(height * 100)}%` });
  return make("mpadded", sign, { voffset: `${(-0.24 * (height - 1)).toFixed(2)}em` });
}

class Parser {
  constructor(source, display) {
    this.tokens = source.match(/\\[a-zA-Z]+\*?|\\[^a-zA-Z]|\d+(?:[.,]\d+)*|\s+|[^]/gu) ?? [];
    this.at = 0;
    this.display = display;
    this.deep = 0;
  }

  peek() {
    while (/^\s+$/.test(this.tokens[this.at] ?? "")) this.at += 1;
    return this.tokens[this.at];
  }

  take() {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  items(ends) {
    const found = [];
    this.deep += 1;
    if (this.deep > DEEPEST) throw new RangeError("the formula is nested too deeply");
    while (this.peek() !== undefined && !ends.includes(this.peek())) found.push(this.scripted());
    this.deep -= 1;
    return found;
  }

  /** `{…}` or one thing. */
  group() {
    if (this.peek() !== "{") return this.peek() === undefined ? make("mrow") : this.atom();
    this.take();
    const inside = this.items(["}"]);
    this.take();
    return make("mrow", inside);
  }

  /** `{…}` as it was written. */
  raw() {
    if (this.peek() !== "{") return this.take() ?? "";
    this.at += 1;
    let text = "";
    for (let deep = 1; this.at < this.tokens.length; this.at += 1) {
      const token = this.tokens[this.at];
      deep += token === "{" ? 1 : token === "}" ? -1 : 0;
      if (deep === 0) break;
      text += token;
    }
    this.at += 1;
    return text;
  }

  scripted() {
    const name = /^\\/.test(this.peek()) ? this.peek().slice(1) : "";
    const above = this.display && (Object.hasOwn(BIG, name) || LIMITS.has(name));
    let base = "^_".includes(this.peek()) ? make("mrow") : this.atom();
    let low = null;
    let high = null;
    for (let next = this.peek(); next === "^" || next === "_" || next === "'"; next = this.peek()) {
      this.take();
      if (next === "_") low = this.group();
      else if (next === "^") high = this.group();
      else base = make("mrow", [base, operator("′", { lspace: "0", rspace: "0" })]);
    }
    if (low && high) return make(above ? "munderover" : "msubsup", [base, low, high]);
    if (low) return make(above ? "munder" : "msub", [base, low]);
    return high ? make(above ? "mover" : "msup", [base, high]) : base;
  }

  atom() {
    const token = this.take();
    if (token === "{") {
      this.at -= 1;
      return this.group();
    }
    if (/^\\/.test(token)) return this.command(token.slice(1));
    if (/^\d/.test(token)) return make("mn", token);
    if (/^\p{L}/u.test(token)) return make("mi", token);
    if (token === "&" || token === "~") return make("mspace", [], { width: "0.3em" });
    return operator(token === "-" ? "−" : token === "*" ? "∗" : token, "()[]|".includes(token) ? { stretchy: "false" } : {});
  }

  command(name) {
    if (Object.hasOwn(LETTERS, name)) return make("mi", LETTERS[name]);
    if (Object.hasOwn(OPERATORS, name)) return operator(OPERATORS[name], { stretchy: "false" });
    if (Object.hasOwn(BIG, name)) return operator(BIG[name], { largeop: "true" });
    if (Object.hasOwn(INTEGRALS, name)) return operator(INTEGRALS[name], { largeop: "true" });
    if (NAMES.has(name) || LIMITS.has(name)) return operator(name, { form: "prefix", lspace: "0", rspace: "0.17em" });
    if (Object.hasOwn(SPACES, name)) return make("mspace", [], { width: SPACES[name] });
    if (Object.hasOwn(ACCENTS, name)) return make("mover", [this.group(), operator(ACCENTS[name])], { accent: "true" });
    return this.construction(name);
  }

  construction(name) {
    if (/^[dtc]?frac$/.test(name)) return make("mfrac", [this.group(), this.group()]);
    if (name === "binom") return this.binomial();
    if (name === "sqrt") return this.root();
    if (name === "left") return this.fenced();
    if (name === "begin") return this.environment();
    if (/^(text|textbf|textit|mbox)$/.test(name)) return make("mtext", this.raw().replace(/^ | $/g, "\u00a0"));
    if (/^(mathrm|operatorname\*?)$/.test(name)) return make("mi", this.raw(), { mathvariant: "normal" });
    if (name === "mathbb") return make("mi", [...this.raw()].map((letter) => DOUBLE[letter] ?? letter).join(""), { mathvariant: "normal" });
    if (name === "boxed") return make("mrow", this.group(), { class: "boxed" });
    if (/^(mathbf|boldsymbol)$/.test(name)) return make("mrow", this.group(), { class: "bold" });
    if (/^(mathcal|mathit|mathsf)$/.test(name)) return this.group();
    if (/^(big|Big|bigg|Bigg)[lr]?$|^(right|middle|displaystyle|textstyle|limits|nolimits)$/.test(name)) return make("mrow");
    if (/^[{}%$#_&|]$/.test(name)) return operator(name === "|" ? "‖" : name, { stretchy: "false" });
    return make("mtext", `\\${name}`);
  }

  binomial() {
    const pair = make("mfrac", [this.group(), this.group()], { linethickness: "0" });
    return make("mrow", [operator("("), pair, operator(")")]);
  }

  /** Drawn from a sign and a line: the element meant for it is empty in browsers on systems without a font for formulas. */
  root() {
    let sign = operator("√", { stretchy: "false" });
    if (this.peek() === "[") {
      this.take();
      sign = make("mrow", [make("msup", [make("mrow"), row(this.items(["]"]))]), sign]);
      this.take();
    }
    return make("mrow", [sign, make("mrow", this.group(), { class: "radicand" })]);
  }

  fence() {
    const token = this.take() ?? "";
    if (token === ".") return "";
    return token.startsWith("\\") ? (OPERATORS[token.slice(1)] ?? token.slice(1).replace("|", "‖")) : token;
  }

  fenced() {
    const opening = this.fence();
    const inside = this.items(["\\right"]);
    this.take();
    return make("mrow", [operator(opening, { fence: "true" }), ...inside, operator(this.fence(), { fence: "true" })]);
  }

  environment() {
    const name = this.raw().replace("*", "");
    if (name === "array") this.raw();
    const rows = [[]];
    while (this.peek() !== undefined && this.peek() !== "\\end") {
      rows.at(-1).push(make("mtd", this.items(["&", "\\\\", "\\end"])));
      if (this.peek() === "\\\\") rows.push([]);
      if (this.peek() !== "\\end") this.take();
    }
    this.take();
    this.raw();
    const full = rows.filter((cells) => cells.length);
    const table = make("mtable", full.map((cells) => make("mtr", cells)), { class: /align|cases|gather|split/.test(name) ? "left" : "middle" });
    const [opening, closing] = FENCES[name] ?? "  ";
    return make("mrow", [tall(opening, full.length), table, tall(closing, full.length)]);
  }
}

/** The formula as a MathML element, or null where it is nested beyond all reason; unknown commands stay as they were written. */
export function formula(source, display) {
  const parser = new Parser(source.trim().replace(/^(\$\$?|\\\[|\\\()|(\$\$?|\\\]|\\\))$/g, ""), display);
  try {
    return make("math", make("mrow", parser.items([])), display ? { display: "block" } : {});
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
