// A whole answer as elements: written by a model, quoted from passages, or refused.
import { details, facts, plural } from "./facts.js";
import { button, element, inside } from "./nodes.js";
import { openPassage } from "./passage.js";
import { placeOf, prose } from "./prose.js";

const PROBLEMS = {
  uncited: "cites no passage",
  "unknown citation": "cites a passage that was not found",
  "not in the passage": "not in the passage it cites",
  "number not in the passage": "has a number that is not in the passage it cites",
  "address not in the passage": "has an address that is not in the passage it cites",
  instruction: "reads like an instruction to a machine",
};

function openButton(citation, text, className) {
  const node = button(text, className, () => openPassage(citation));
  node.setAttribute("aria-haspopup", "dialog");
  return node;
}

function citer(citations) {
  const known = new Map(citations.map((one) => [one.number, one]));
  return (numbers) => {
    if (!numbers.some((number) => known.has(number))) return null;
    return numbers.map((number) => {
      const citation = known.get(number);
      if (!citation) return `[${number}]`;
      const node = openButton(citation, `[${number}]`, "cite");
      node.setAttribute("aria-label", `Source ${number}: ${citation.breadcrumb}`);
      return node;
    });
  };
}

function heading(citation) {
  const node = openButton(citation, "", "source");
  return inside(node, element("span", `[${citation.number}] `, "number"), citation.breadcrumb);
}

function place(citation) {
  return element("p", `${citation.source}, ${citation.place}, similarity ${citation.similarity.toFixed(2)}`, "help");
}

// Returns passages as a list: what an answer is written from.
export function sourceList(citations) {
  const items = citations.map((citation) => inside(element("li"), heading(citation), place(citation)));
  return inside(element("ol", "", "sources"), ...items);
}

// Adds to such a list what can be known when the answer is whole: who of them is not cited.
export function tellUncited(list, reply) {
  const cited = new Set(reply.sentences.flatMap((one) => one.citations));
  reply.citations.forEach(({ number }, place) => {
    if (!cited.has(number)) list.children[place].lastChild.append(", not cited");
  });
}

// Returns passages as a list that is the answer: with the sentences that are quoted, if any are.
function passageList(citations) {
  const items = citations.map((citation) => {
    const excerpt = citation.excerpt && inside(element("blockquote", "", "prose"), ...prose(citation.excerpt));
    return inside(element("li"), heading(citation), excerpt, place(citation));
  });
  return inside(element("ol", "", "sources passages"), ...items);
}

function marksOf(reply) {
  const marks = [];
  const lost = [];
  let from = 0;
  for (const { text, problem } of reply.sentences) {
    const found = placeOf(text, reply.text, from);
    if (found) from = found.end;
    if (!problem) continue;
    const words = PROBLEMS[problem] || problem;
    if (found) marks.push({ ...found, className: "flawed", words });
    else lost.push(`${text} (${words})`);
  }
  return { marks, lost };
}

function verdict(reply) {
  const all = reply.sentences.length;
  const flawed = reply.sentences.filter((one) => one.problem).length;
  if (reply.grounded === false) {
    const count = flawed ? `${flawed} of ${plural(all, "sentence")} did not pass the check` : "it did not pass the check";
    return element("p", `Not grounded in the documents: ${count}. Open the sources before you rely on it.`, "notice");
  }
  return null;
}

function written(reply) {
  const { marks, lost } = marksOf(reply);
  const text = inside(element("div", "", "prose"), ...prose(reply.text, { marks, cite: citer(reply.citations) }));
  const checked = reply.grounded ? element("p", "Each sentence was compared with the passage it cites.", "help") : null;
  return [verdict(reply), text, ...lost.map((one) => element("p", one, "flawed")), checked];
}

function quoted(reply) {
  const how = "Sentences as they stand there, those nearest to the question. Nobody rewrote them.";
  return [element("h4", "Closest passages"), element("p", how, "help how"), passageList(reply.citations)];
}

function refused(reply) {
  const why = inside(element("p", "", "refused"), element("strong", "No answer. "), reply.refusal?.reason || "");
  if (!reply.citations.length) return [why];
  return [why, element("h4", "Nearest passages: where to look"), passageList(reply.citations)];
}

const KINDS = { written, quoted, refused };

function more(reply) {
  const list = document.createElement("dl");
  for (const [name, value] of details(reply)) list.append(element("dt", name), element("dd", value));
  return inside(element("details", "", "more"), element("summary", "Details"), list);
}

// Returns the elements of an answer; `timing` in milliseconds, as `facts` takes it.
export function answerNodes(reply, timing) {
  return [
    reply.notice && element("p", reply.notice, "notice"),
    ...KINDS[reply.kind](reply),
    element("p", facts(reply, timing).join(" · "), "facts"),
    more(reply),
  ].filter(Boolean);
}
