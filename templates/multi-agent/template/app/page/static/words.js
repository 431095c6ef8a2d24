// Numbers and states of a run, in words.

export const ANSWERS = { yes: "Yes", no: "No", conditional: "Yes, on conditions", informative: "" };

export function plural(count, word) {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

export function duration(seconds) {
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  return `${seconds.toFixed(1)} s`;
}

// An unknown price is unknown, and never 0.
export function cost(dollars) {
  if (dollars === null || dollars === undefined) return "price unknown";
  if (dollars === 0) return "cost nothing";
  return `${dollars.toLocaleString("en", { maximumSignificantDigits: 2 })} dollars`;
}

// Returns the line below a run.
export function facts(run, isOffline) {
  const { model_calls: models, tool_calls: tools, tokens, dollars } = run.spent;
  return [
    isOffline ? "by a playbook, not a language model" : "",
    `${plural(models, "call")} of models, ${tools.toLocaleString("en")} of tools`,
    plural(tokens, "token"),
    cost(dollars),
    `${duration(run.seconds)} of work`,
    `run ${run.run_id}`,
  ].filter(Boolean).join(" · ");
}

// "analyst", "analyst and writer", "analyst, researcher and writer"
export function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
