"use strict";

// Sends the form to /predict and says the answer. Text only ever enters as text, never as HTML.
const form = document.getElementById("case");
const answer = document.getElementById("answer");

function element(name, text, className) {
  const node = document.createElement(name);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

function percent(share) {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}

function valueOf(control) {
  if (control.value === "") return null;
  if (control.dataset.kind === "number") return Number(control.value);
  if (control.dataset.kind === "boolean") return control.value === "true";
  return control.value;
}

function clearErrors() {
  for (const node of form.querySelectorAll(".error")) node.remove();
  for (const node of form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
}

function showError(problem) {
  const lines = [element("p", problem.detail || problem.title, "error")];
  for (const { field, message } of problem.errors || []) {
    const control = form.elements.namedItem(field);
    if (control) {
      control.setAttribute("aria-invalid", "true");
      document.getElementById(`${field}-help`).append(element("strong", message, "error"));
    }
    lines.push(element("p", `${field}: ${message}`));
  }
  lines.push(element("p", `Request ${problem.request_id}`, "help"));
  answer.replaceChildren(...lines);
  const first = form.querySelector("[aria-invalid]");
  if (first) first.focus();
}

function showAnswer(prediction) {
  const { yes, no, outcome } = form.dataset;
  const scale = document.createElement("meter");
  scale.min = 0;
  scale.max = 1;
  scale.value = prediction.probability;
  scale.setAttribute("aria-label", `Probability ${percent(prediction.probability)}`);
  const side = prediction.decision ? "reaches" : "is below";
  answer.replaceChildren(
    element("p", percent(prediction.probability), "probability"),
    element("p", `probability of ${outcome}`),
    scale,
    element("p", prediction.decision ? yes : no, "decision"),
    element("p", `It ${side} the threshold of ${percent(prediction.threshold)}.`),
    element("p", `Model ${prediction.model_version}, request ${prediction.request_id}`, "help"),
  );
  answer.scrollIntoView({ block: "nearest" });
}

async function predict(event) {
  event.preventDefault();
  clearErrors();
  const controls = form.querySelectorAll("[data-kind]");
  const entries = Array.from(controls, (control) => [control.name, valueOf(control)]);
  try {
    const response = await fetch("/predict", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(entries)),
    });
    const body = await response.json();
    if (response.ok) showAnswer(body);
    else showError(body);
  } catch {
    answer.replaceChildren(element("p", "The service did not answer. Try again in a minute.", "error"));
  }
}

if (form) form.addEventListener("submit", predict);
