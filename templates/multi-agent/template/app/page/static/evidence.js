// Opens a piece of evidence over the page, and gives the focus back when it closes.
import { button, byId, element, inside } from "./nodes.js";
import { plural } from "./words.js";

let opener = null;

const shown = (value) => (value === null || value === undefined ? "" : String(value));

// The numbers, versions and the like of a text, as they stand there.
function numbersIn(text) {
  return text.split(/[\s,;:()]+/).map((one) => one.replace(/[.!?]+$/, "")).filter((one) => /\d/.test(one));
}

// The cells of some rows; those with a number of the sentence are marked, in the rows that hold most of them.
function cellsOf(rows, names, wanted) {
  const isHit = (value) => numbersIn(shown(value)).some((one) => wanted.has(one));
  const hits = rows.map((row) => names.filter((name) => isHit(row[name])).length);
  const most = Math.max(1, ...hits);
  return rows.map((row, at) => names.map((name) => {
    const isMarked = hits[at] === most && isHit(row[name]);
    return inside(element("td"), isMarked ? element("mark", shown(row[name])) : shown(row[name]));
  }));
}

function pairs(row, wanted) {
  const table = document.createElement("table");
  const names = Object.keys(row);
  cellsOf([row], names, wanted)[0].forEach((cell, at) => {
    const head = Object.assign(element("th", names[at]), { scope: "row" });
    table.append(inside(element("tr"), head, cell));
  });
  return table;
}

function grid(rows, wanted) {
  const names = [...new Set(rows.flatMap(Object.keys))];
  const heads = names.map((name) => Object.assign(element("th", name), { scope: "col" }));
  const lines = cellsOf(rows, names, wanted).map((cells) => inside(element("tr"), ...cells));
  const table = inside(element("table"), inside(element("thead"), inside(element("tr"), ...heads)), inside(element("tbody"), ...lines));
  const frame = inside(element("div", "", "scroll"), table);
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", "Rows");
  return frame;
}

function counted({ rows, row_count: all, truncated }) {
  if (!all) return "It found nothing: no rows.";
  return truncated ? `The first ${rows.length} of ${plural(all, "row")}.` : `${plural(all, "row")}.`;
}

function asked(given) {
  const list = document.createElement("dl");
  for (const [name, value] of Object.entries(given)) {
    list.append(element("dt", name), element("dd", typeof value === "object" ? JSON.stringify(value) : shown(value), "argument"));
  }
  return list;
}

function open(one, sentence) {
  opener = document.activeElement;
  byId("evidence-title").textContent = `${one.id}: ${one.tool}`;
  const { rows } = one.found;
  const wanted = new Set(numbersIn(sentence));
  const table = rows.length === 1 ? pairs(rows[0], wanted) : rows.length && grid(rows, wanted);
  const note = table && table.querySelector("mark") ? " Underlined: cells with a number of the sentence." : "";
  const nodes = [
    inside(element("p", "Cited for: ", "cited"), element("q", sentence)),
    element("h3", "Asked"),
    asked(one.arguments),
    element("h3", "Found"),
    element("p", counted(one.found) + note, "help"),
    table,
  ];
  byId("evidence-text").replaceChildren(...nodes.filter(Boolean));
  byId("evidence").showModal();
  byId("evidence-text").scrollTop = 0;
}

// Returns a button for each id that a sentence cites; one that is no evidence stays text.
export function cites(ids, evidence, sentence) {
  return ids.map((id) => {
    const one = evidence.find((each) => each.id === id);
    if (!one) return element("span", `[${id}: no evidence]`, "error");
    const node = button(`[${id}]`, "cite", () => open(one, sentence));
    node.setAttribute("aria-haspopup", "dialog");
    node.setAttribute("aria-label", `Evidence ${id}`);
    return node;
  });
}

export function prepareEvidence() {
  const dialog = byId("evidence");
  // What opened it may be gone by now.
  dialog.addEventListener("close", () => (opener?.isConnected ? opener : byId("run-title")).focus());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
}
