// What an answer cost and how long it took, in words.

const STAGES = {
  embed: "vector of the question",
  lexical: "search by words",
  vector: "search by vectors",
  fuse: "putting both together",
  read: "reading passages",
  first_token: "first words of the model",
  model: "the model, whole",
};

export function plural(count, word) {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

export function cost(reply) {
  if (reply.cached) return "given before, cost nothing";
  if (!reply.model) return "no model asked, cost nothing";
  if (reply.dollars === null || reply.dollars === undefined) return "price unknown";
  return `${reply.dollars.toLocaleString("en", { maximumSignificantDigits: 2 })} dollars`;
}

function duration(milliseconds) {
  if (milliseconds < 1000) return `${Math.max(1, Math.round(milliseconds))} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

// Returns the line below an answer; `timing` is what this page measured, in milliseconds.
export function facts(reply, timing) {
  const first = timing.first ? `, first words after ${duration(timing.first)}` : "";
  return [
    cost(reply),
    `${duration(timing.whole)}${first}`,
    reply.model && `model ${reply.model}`,
    reply.prompt && `prompt ${reply.prompt}`,
  ].filter(Boolean);
}

// Returns pairs of name and value, for those who want to know more.
export function details(reply) {
  const { usage } = reply;
  const tokens = usage && [
    `${plural(usage.input_tokens, "token")} read`,
    usage.cached_tokens ? ` (${usage.cached_tokens.toLocaleString("en")} of them from the provider's cache)` : "",
    `, ${usage.output_tokens.toLocaleString("en")} written`,
  ].join("");
  const stages = Object.entries(reply.seconds || {}).map(([stage, seconds]) => [
    STAGES[stage] || stage,
    duration(seconds * 1000),
  ]);
  return [
    ...(tokens ? [["tokens", tokens]] : []),
    ...stages,
    ["index", `version ${reply.index_version}`],
    ["answer", reply.answer_id],
  ];
}
