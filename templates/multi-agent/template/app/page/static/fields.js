// Fields of a form that is made here, each with its label.
import { element, inside } from "./nodes.js";

let made = 0;

export function field(label, value, { most, rows = 0, help = "" }) {
  made += 1;
  const input = document.createElement(rows ? "textarea" : "input");
  Object.assign(input, { id: `field-${made}`, value, maxLength: most });
  if (rows) input.rows = rows;
  const name = element("label", label);
  name.htmlFor = input.id;
  const told = help && element("p", help, "help");
  if (told) {
    told.id = `field-${made}-help`;
    input.setAttribute("aria-describedby", told.id);
  }
  return { input, node: inside(element("div", "", "field"), name, input, told) };
}

export function choice(label, value, options) {
  made += 1;
  const input = document.createElement("select");
  input.id = `field-${made}`;
  for (const [name, words] of Object.entries(options)) input.append(new Option(words, name, false, name === value));
  const name = element("label", label);
  name.htmlFor = input.id;
  return { input, node: inside(element("div", "", "field"), name, input) };
}

// Boxes to tick, folded away; `picked()` returns what is ticked.
export function picks(label, options, chosen) {
  const boxes = options.map(({ value, words }) => {
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value, checked: chosen.includes(value) });
    return { box, node: inside(element("label", "", "pick"), box, ` ${words}`) };
  });
  const picked = () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
  const summary = element("summary");
  const tell = () => { summary.textContent = `${label}: ${picked().join(", ") || "none"}`; };
  for (const { box } of boxes) box.addEventListener("change", tell);
  tell();
  return { picked, node: inside(element("details", "", "picks"), summary, ...boxes.map(({ node }) => node)) };
}
