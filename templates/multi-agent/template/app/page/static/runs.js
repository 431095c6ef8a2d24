// The newest runs, for whoever comes to decide.
import { byId, element, inside } from "./nodes.js";
import { get, leadToKey } from "./service.js";
import { plural } from "./words.js";

function lineOf({ run_id: id, question, started, status, outcome }) {
  const link = element("a", question);
  link.href = `#run=${id}`;
  const when = new Date(started * 1000).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
  const state = status === "waiting" ? element("strong", "waits for a decision") : outcome || status;
  return inside(element("li"), link, inside(element("p", `${when}, `, "help"), state));
}

export async function listRuns() {
  const told = byId("runs-told");
  told.className = "";
  try {
    const { runs } = await get("/runs");
    // Those that somebody has to do something about come first.
    const waiting = runs.filter((one) => one.status === "waiting");
    const others = runs.filter((one) => one.status !== "waiting");
    byId("runs").replaceChildren(...[...waiting, ...others].map(lineOf));
    told.textContent = runs.length ? `${plural(runs.length, "run")}, ${waiting.length} waiting.` : "No runs yet.";
  } catch (trouble) {
    told.textContent = trouble.message;
    told.className = "error";
    leadToKey(trouble);
  }
}
