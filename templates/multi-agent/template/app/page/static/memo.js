// A memo as elements: sentences with their evidence, exceptions, and what is open.
import { cites } from "./evidence.js";
import { element, inside } from "./nodes.js";
import { ANSWERS } from "./words.js";

function spaced(nodes) {
  return nodes.flatMap((node) => [" ", node]);
}

function lineOf({ text, cites: ids }, evidence) {
  return inside(element("li", text), ...spaced(cites(ids, evidence, text)));
}

// Returns exceptions as a list; `key` tells under which key one is on record, or will be.
export function exceptionList(exceptions, evidence, key) {
  const items = exceptions.map((one, at) => inside(
    element("li"),
    element("strong", one.subject),
    inside(element("p", `${one.rule} `), element("span", `Because: ${one.reason}`)),
    inside(element("p", key(at), "help"), ...spaced(cites(one.cites, evidence, `${one.subject}: ${one.rule}`))),
  ));
  return inside(element("ol", "", "exceptions"), ...items);
}

export function memoNodes(memo, evidence) {
  const open = memo.open_questions.map((one) => element("li", one));
  return [
    inside(element("h3", memo.title), ANSWERS[memo.answer] && element("span", ANSWERS[memo.answer], `answer ${memo.answer}`)),
    inside(element("ol", "", "lines"), ...memo.lines.map((one) => lineOf(one, evidence))),
    open.length && element("h4", "Open"),
    open.length && inside(element("ul", "", "open-questions"), ...open),
  ].filter(Boolean);
}

export function problemNodes(problems) {
  if (!problems.length) return [];
  const items = problems.map((one) => element("li", one));
  return [inside(element("div", "", "notice"), element("h4", "What the reviewer says"), inside(element("ul"), ...items))];
}
