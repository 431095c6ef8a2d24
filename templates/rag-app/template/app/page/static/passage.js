// Opens a passage over the page, and gives the focus back when it closes.
import { byId, element } from "./nodes.js";
import { placeOf, prose } from "./prose.js";
import { get } from "./service.js";

const GAP = "[...]";
let opener = null;
let wanted = null;

// Returns where the quoted sentences stand in the passage.
function quotedIn(text, excerpt) {
  const marks = [];
  for (const line of excerpt.split("\n").filter((one) => one.trim() && one !== GAP)) {
    const place = placeOf(line, text, marks.at(-1)?.end || 0);
    if (place) marks.push(place);
  }
  return marks;
}

async function fill(citation, place) {
  try {
    const { text, ...passage } = await (await get(`/passages/${citation.id}`)).json();
    if (wanted !== citation) return;
    place.textContent = `${passage.source}, ${passage.place}`;
    const marks = quotedIn(text, citation.excerpt || "");
    if (marks.length) place.textContent += ". Underlined: nearest to your question.";
    byId("passage-text").replaceChildren(...prose(text, { marks }));
  } catch (error) {
    if (wanted !== citation) return;
    const gone = error.status === 404 ? "This passage is no longer there: the documents have changed. Ask again." : error.message;
    byId("passage-text").replaceChildren(element("p", gone, "error"));
  }
}

export function openPassage(citation) {
  opener = document.activeElement;
  wanted = citation;
  const place = byId("passage-place");
  byId("passage-title").textContent = citation.breadcrumb;
  place.textContent = `${citation.source}, ${citation.place}`;
  byId("passage-text").replaceChildren(element("p", "Loading...", "help"));
  byId("passage").showModal();
  fill(citation, place);
}

function closed() {
  wanted = null;
  // What opened it may be gone by now: an answer that became whole takes the place of its parts.
  (opener?.isConnected ? opener : byId("question")).focus();
}

export function preparePassages() {
  const dialog = byId("passage");
  dialog.addEventListener("close", closed);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside the passage
  });
}
