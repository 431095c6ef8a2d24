// What somebody thinks of a run: a thumb, which is sent at once, and a text.
import { field } from "./fields.js";
import { button, element, inside } from "./nodes.js";
import { post } from "./service.js";

export class Feedback {
  constructor(runId, most) {
    this.runId = runId;
    this.told = element("p", "", "told");
    this.told.setAttribute("role", "status");
    this.thumbs = [this.thumb("up", "Useful"), this.thumb("down", "Not useful")];
    const question = element("p", "Was this useful?", "ask-thumb");
    question.id = "useful";
    const group = inside(element("div", "", "thumbs"), question, ...this.thumbs);
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", question.id);
    const help = "It is stored with the run. Please name nobody.";
    const comment = field("What were you trying to do?", "", { most, rows: 3, help });
    this.comment = comment.input;
    const send = button("Send", "plain", () => this.sendComment());
    this.more = inside(element("details", "", "comment"), element("summary", "Say more"), comment.node, send);
    this.node = inside(element("div", "", "feedback"), group, this.told, this.more);
  }

  thumb(name, text) {
    const node = button("", `plain thumb ${name}`, () => this.sendThumb(node, name));
    const icon = element("span", "", "icon");
    icon.setAttribute("aria-hidden", "true");
    node.setAttribute("aria-pressed", "false");
    return inside(node, icon, element("span", text));
  }

  async sendThumb(node, thumb) {
    if (this.thumbs.some((one) => one.getAttribute("aria-disabled") === "true")) return;
    for (const one of this.thumbs) one.setAttribute("aria-disabled", "true");
    if (await this.send({ thumb })) {
      node.setAttribute("aria-pressed", "true");
      this.more.open = true;
    } else for (const one of this.thumbs) one.removeAttribute("aria-disabled");
  }

  async sendComment() {
    const comment = this.comment.value.trim();
    if (!comment) {
      this.say("There is no text yet.", "error");
      this.comment.focus();
    } else if (await this.send({ comment })) this.comment.value = "";
  }

  async send(given) {
    try {
      await post("/feedback", { run_id: this.runId, ...given });
      this.say("Stored. Thank you.");
      return true;
    } catch (error) {
      this.say(`Not stored: ${error.message}`, "error");
      return false;
    }
  }

  say(text, className = "") {
    this.told.textContent = text;
    this.told.className = `told ${className}`;
  }
}
