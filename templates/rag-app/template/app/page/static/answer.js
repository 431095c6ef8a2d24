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
  instruction: "tells you to do something, as a planted instruction would",
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

function place(citation, note = "") {
  const text = `${citation.source}, ${citation.place}, similarity ${citation.similarity.toFixed(2)}`;
  return element("p", note ? `${text}, ${note}` : text, "help");
}

// Returns passages as a list; `cited` holds the numbers that a text cites, where there is a text.
export function sourceList(citations, cited = null) {
  const list = element("ol", "", "sources");
  for (const citation of citations) {
    const excerpt = cited === null && citation.excerpt ? prose(citation.excerpt) : [];
    const quoted = excerpt.length ? inside(element("blockquote", "", "prose"), ...excerpt) : null;
    const note = cited && !cited.has(citation.number) ? "not cited" : "";
    list.append(inside(element("li"), heading(citation), quoted, place(citation, note)));
  }
  return list;
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
  return [element("h4", "Closest passages"), sourceList(reply.citations)];
}

function refused(reply) {
  const why = inside(element("p", "", "refused"), element("strong", "No answer. "), reply.refusal?.reason || "");
  if (!reply.citations.length) return [why];
  return [why, element("h4", "Nearest passages: where to look"), sourceList(reply.citations)];
}

const KINDS = { written, quoted, refused };

function more(reply) {
  const list = document.createElement("dl");
  for (const [name, value] of details(reply)) list.append(element("dt", name), element("dd", value));
  return inside(element("details", "", "more"), element("summary", "Where the time went"), list);
}

// Returns the numbers that the sentences of a text cite.
export function citedIn(reply) {
  return new Set(reply.sentences.flatMap((one) => one.citations));
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
