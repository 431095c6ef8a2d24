// A memo as a form: its sentences and exceptions can be changed, left out and added.
import { choice, field, picks } from "./fields.js";
import { button, element, inside } from "./nodes.js";
import { ANSWERS } from "./words.js";

const MOST = { title: 200, text: 2000, subject: 200, rule: 500, reason: 1000 };
const NEW_LINE = { text: "", cites: [] };
const NEW_EXCEPTION = { subject: "", rule: "", reason: "", cites: [] };

// A list of parts, each in a group of its own that can be left out.
class Parts {
  constructor(name, add, parts, make) {
    Object.assign(this, { name, make, parts: [] });
    this.list = element("div", "", "parts");
    this.adder = button(add, "plain", () => this.add().focus());
    this.node = inside(element("div"), this.list, this.adder);
    for (const part of parts) this.add(part);
  }

  add(given) {
    const part = this.make(given);
    const legend = element("legend");
    const leave = button("Leave out", "plain small", () => this.leave(part));
    part.group = inside(element("fieldset"), legend, ...part.nodes, inside(element("div", "", "below"), part.cited.node, leave));
    Object.assign(part, { legend, leave });
    this.parts.push(part);
    this.list.append(part.group);
    this.count();
    return part.inputs[0];
  }

  leave(part) {
    const at = this.parts.indexOf(part);
    this.parts.splice(at, 1);
    part.group.remove();
    this.count();
    (this.parts[Math.min(at, this.parts.length - 1)]?.leave || this.adder).focus();
  }

  count() {
    this.parts.forEach(({ legend, leave }, at) => {
      legend.textContent = `${this.name} ${at + 1}`;
      leave.setAttribute("aria-label", `Leave out ${this.name.toLowerCase()} ${at + 1}`);
    });
  }

  // What holds nothing is no part; the rest keeps the place at which the service will count it.
  get filled() {
    return this.parts.filter(({ inputs }) => inputs.some((one) => one.value.trim()));
  }
}

export class MemoForm {
  constructor(memo, evidence) {
    const options = evidence.map(({ id, tool, found }) => ({ value: id, words: `${id}: ${tool}, ${found.row_count} rows` }));
    const cited = (given) => picks("Evidence", options, given.cites);
    const answers = { ...ANSWERS, informative: "Neither: it informs" };
    this.title = field("Title", memo.title, { most: MOST.title });
    this.answer = choice("Answer", memo.answer, answers);
    this.lines = new Parts("Sentence", "Add a sentence", memo.lines, (given = NEW_LINE) => {
      const text = field("Text", given.text, { most: MOST.text, rows: 2 });
      text.node.firstChild.className = "spoken"; // the number above it says as much
      const evidenceOf = cited(given);
      const read = () => ({ text: text.input.value.trim(), cites: evidenceOf.picked() });
      return { inputs: [text.input], nodes: [text.node], cited: evidenceOf, read };
    });
    this.exceptions = new Parts("Exception", "Add an exception", memo.exceptions, (given = NEW_EXCEPTION) => {
      const fields = ["subject", "rule", "reason"].map((name) => {
        const label = name[0].toUpperCase() + name.slice(1);
        return [name, field(label, given[name], { most: MOST[name], rows: name === "reason" ? 2 : 0 })];
      });
      const evidenceOf = cited(given);
      const read = () => ({
        ...Object.fromEntries(fields.map(([name, { input }]) => [name, input.value.trim()])),
        cites: evidenceOf.picked(),
      });
      const parts = fields.map(([, one]) => one);
      return { inputs: parts.map(({ input }) => input), nodes: parts.map(({ node }) => node), cited: evidenceOf, read };
    });
    const help = "One a line; none is fine.";
    this.open = field("Open questions", memo.open_questions.join("\n"), { most: 4000, rows: 2, help });
    this.nodes = [
      element("h3", "Edit before it is published"),
      element("p", "Every number must occur in the evidence that its sentence cites. What has no text is left out.", "help"),
      this.title.node,
      this.answer.node,
      element("h4", "Sentences"),
      this.lines.node,
      element("h4", "Exceptions to put on record"),
      this.exceptions.node,
      this.open.node,
    ];
  }

  get memo() {
    return {
      title: this.title.input.value.trim(),
      answer: this.answer.input.value,
      lines: this.lines.filled.map((one) => one.read()),
      exceptions: this.exceptions.filled.map((one) => one.read()),
      open_questions: this.open.input.value.split("\n").map((one) => one.trim()).filter(Boolean),
    };
  }

  // Marks what a message of the service speaks of: it counts sentences, then exceptions.
  mark(message) {
    const all = [...this.lines.filled, ...this.exceptions.filled];
    const wrong = new Set([...message.matchAll(/Sentence (\d+)/g)].map(([, n]) => all[n - 1]));
    for (const part of [...this.lines.parts, ...this.exceptions.parts]) {
      for (const input of part.inputs) {
        if (wrong.has(part)) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      }
    }
    const isFree = message.includes("Title or open questions");
    for (const { input } of [this.title, this.open]) {
      if (isFree) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}
