// Shows a text as people write them: paragraphs, lists, tables, code, and a little emphasis.
// It makes elements of its own; what looks like HTML in the text stays text.
import { element } from "./nodes.js";

const FENCE = /^\s*(```|~~~)/;
const ITEM = /^\s*(?:[-*+•]|(\d{1,3})[.)])\s+(?=\S)/;
const ROW = /^\s*\|/;
const RULE = /^[\s|:-]+$/;
const HEADING = /^#{1,6}\s+/;
const GAP = "[...]";
const MOST_RANGE = 20;
const SIGNS = /`([^`]+)`|\*\*([^*]+)\*\*|\[ ?(\d{1,4}(?: ?[,;\u2013-] ?\d{1,4})*) ?\]|\[\.\.\.\]/g;

// "1, 3" and "1-3": the numbers that brackets hold.
function numbersIn(text) {
  return text.split(/[,;]/).flatMap((part) => {
    const [from, to = from] = part.split(/[\u2013-]/).map(Number);
    return Array.from({ length: Math.min(Math.max(to - from, 0), MOST_RANGE) + 1 }, (_, step) => from + step);
  });
}

function linesOf(text) {
  const lines = [];
  let start = 0;
  for (const line of text.split("\n")) {
    lines.push({ start, end: start + line.length, line });
    start += line.length + 1;
  }
  return lines;
}

function kindOf(line, before) {
  if (!line.trim()) return "";
  if (FENCE.test(line)) return "fence";
  if (ROW.test(line)) return "table";
  if (HEADING.test(line)) return "heading";
  if (ITEM.test(line)) return "item";
  return before === "item" || before === "paragraph" ? before : "paragraph";
}

// Returns the blocks of a text, each with its kind and lines.
function blocksOf(text) {
  const blocks = [];
  let kind = "";
  let fence = "";
  for (const line of linesOf(text)) {
    const mark = FENCE.exec(line.line)?.[1];
    const before = kind;
    kind = fence ? "code" : kindOf(line.line, before);
    if (fence && mark === fence) [kind, fence] = ["", ""];
    else if (kind === "fence") {
      [kind, fence] = ["code", mark];
      blocks.push({ kind, lines: [] });
    } else if (kind && kind === before && kind !== "heading" && !(kind === "item" && ITEM.test(line.line))) {
      blocks.at(-1).lines.push(line);
    } else if (kind) blocks.push({ kind, lines: [line] });
  }
  return blocks.filter((block) => block.lines.length);
}

class Writer {
  constructor(text, marks, cite) {
    Object.assign(this, { text, marks, cite });
  }

  // Writes a piece without marks into a node.
  signs(node, start, end) {
    const piece = this.text.slice(start, end);
    let at = 0;
    for (const found of piece.matchAll(SIGNS)) {
      const [whole, code, bold, numbers] = found;
      const made = this.sign(whole, code, bold, numbers);
      if (!made) continue;
      node.append(piece.slice(at, found.index), ...made);
      at = found.index + whole.length;
    }
    node.append(piece.slice(at));
  }

  sign(whole, code, bold, numbers) {
    if (code) return [element("code", code)];
    if (bold) return [element("strong", bold)];
    if (whole === GAP) return [element("span", GAP, "gap")];
    return this.cite ? this.cite(numbersIn(numbers)) : null;
  }

  // Writes a piece; where a mark covers it, inside an element of its own.
  inline(node, start, end) {
    let at = start;
    for (const mark of this.marks) {
      const [from, to] = [Math.max(mark.start, at), Math.min(mark.end, end)];
      if (from >= to) continue;
      this.signs(node, at, from);
      const marked = element("mark", "", mark.className || "");
      this.signs(marked, from, to);
      node.append(marked);
      mark.last = marked;
      at = to;
    }
    this.signs(node, at, end);
    return node;
  }

  // Writes a line without what only says which kind of line it is.
  without(pattern, { line, start }, end, node) {
    return this.inline(node, start + (pattern.exec(line)?.[0].length || 0), end);
  }

  row({ line, start }, cell) {
    const row = document.createElement("tr");
    const cells = [...line.matchAll(/\|((?:\\\||`[^`]*`|[^|])*)(?=\|)/g)];
    for (const found of cells) {
      const from = start + found.index + 1;
      row.append(this.inline(element(cell), from, from + found[1].length));
    }
    return row;
  }

  table(lines) {
    const table = document.createElement("table");
    const hasHead = lines.length > 1 && RULE.test(lines[1].line);
    lines.forEach((line, place) => {
      if (!RULE.test(line.line)) table.append(this.row(line, hasHead && place === 0 ? "th" : "td"));
    });
    const frame = element("div", "", "scroll");
    frame.tabIndex = 0;
    frame.append(table);
    return frame;
  }

  item(list, lines) {
    const number = ITEM.exec(lines[0].line)[1];
    const name = number ? "OL" : "UL";
    const isNew = list?.nodeName !== name;
    const into = isNew ? element(name.toLowerCase()) : list;
    if (isNew && number) into.start = Number(number);
    into.append(this.without(ITEM, lines[0], lines.at(-1).end, element("li")));
    return into;
  }

  block({ kind, lines }, before) {
    if (kind === "item") return this.item(before, lines);
    if (kind === "table") return this.table(lines);
    if (kind === "code") {
      const code = element("pre", lines.map(({ line }) => line).join("\n"));
      code.tabIndex = 0;
      return code;
    }
    if (kind === "heading") return this.without(HEADING, lines[0], lines[0].end, element("p", "", "heading"));
    return this.inline(element("p"), lines[0].start, lines.at(-1).end);
  }
}

// Returns the elements of a text.
//   marks: pieces to mark, in order: [{start, end, className, words}]; the words come after the piece.
//   cite: gets the numbers in brackets; returns nodes, or null to leave what stands there.
export function prose(text, { marks = [], cite = null } = {}) {
  const writer = new Writer(text, marks, cite);
  const nodes = [];
  for (const block of blocksOf(text)) {
    const node = writer.block(block, nodes.at(-1));
    if (node !== nodes.at(-1)) nodes.push(node);
  }
  for (const { last, words } of marks) if (last && words) last.append(element("span", ` (${words})`, "words"));
  return nodes;
}

// Returns where a sentence stands in a text from a place on, whatever its spaces; or null.
export function placeOf(sentence, text, from = 0) {
  const words = sentence.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!words[0]) return null;
  const pattern = new RegExp(words.join("\\s*"), "g");
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  return found && { start: found.index, end: found.index + found[0].length };
}
