// Sorting, filtering and opening of rows. Without it, everything on the page can be read.
"use strict";
const table = document.getElementById("standings");
const bodies = Array.from(table.tBodies);
const heads = Array.from(table.tHead.rows[0].cells);
const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
const by = (id) => document.getElementById(id);
const controls = { words: by("words"), assignment: by("assignment"), state: by("state"), sort: by("sort") };
document.documentElement.classList.add("js");

const value = (body, column) => body.rows[0].cells[column].dataset.sort;

function compare(a, b, column, isText) {
  return isText ? order.compare(value(a, column), value(b, column)) : value(a, column) - value(b, column);
}

function sortBy(column, descending) {
  const isText = heads[column].dataset.kind === "text";
  const sorted = bodies.slice().sort((a, b) => {
    const found = compare(a, b, column, isText) || 0;
    return (descending ? -found : found) || a.dataset.at - b.dataset.at;
  });
  table.append(...sorted);
  heads.forEach((head, at) => {
    head.setAttribute("aria-sort", at === column ? (descending ? "descending" : "ascending") : "none");
  });
  controls.sort.value = `${column} ${descending ? 1 : 0}`;
}

function filter() {
  const wanted = controls.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const body of bodies) {
    const { words, assignment, marks } = body.dataset;
    body.hidden = !(
      wanted.every((word) => words.includes(word)) &&
      (!controls.assignment || !controls.assignment.value || controls.assignment.value === assignment) &&
      (!controls.state.value || marks.split(" ").includes(controls.state.value))
    );
    shown += body.hidden ? 0 : 1;
  }
  by("shown").textContent = `${shown} of ${bodies.length} shown`;
  by("none").hidden = shown > 0;
}

function toggle(button) {
  const more = by(button.getAttribute("aria-controls"));
  const opens = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", opens);
  more.classList.toggle("open", opens);
  more.querySelector("details").open = opens;
}

heads.forEach((head, column) => {
  head.querySelector("button").addEventListener("click", () => {
    const now = head.getAttribute("aria-sort");
    const first = head.dataset.kind !== "text" && head.dataset.kind !== "rank";
    sortBy(column, now === "none" ? first : now === "ascending");
  });
});
controls.sort.addEventListener("change", () => {
  const [column, descending] = controls.sort.value.split(" ");
  sortBy(Number(column), descending === "1");
});
for (const one of [controls.words, controls.assignment, controls.state]) {
  if (one) one.addEventListener("input", filter);
}
by("filters").addEventListener("submit", (event) => event.preventDefault());
by("filters").addEventListener("reset", () => setTimeout(filter));
table.addEventListener("click", (event) => {
  const button = event.target.closest("button[aria-controls]");
  if (button) toggle(button);
});
filter();
