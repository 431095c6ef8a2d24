// What somebody thinks of one answer: a thumb, which is sent at once, and a text.
import { button, element, inside } from "./nodes.js";
import { post } from "./service.js";

const MOST_SIGNS = 2000;

export class Feedback {
  constructor(answerId, number) {
    this.answerId = answerId;
    this.told = element("p", "", "told");
    this.told.setAttribute("role", "status");
    this.thumbs = [this.thumb("up", "Useful"), this.thumb("down", "Not useful")];
    const question = element("p", "Was this useful?", "ask-thumb");
    question.id = `useful-${number}`;
    const group = inside(element("div", "", "thumbs"), question, ...this.thumbs);
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", question.id);
    this.form = this.commentForm(number);
    this.node = inside(element("div", "", "feedback"), group, this.told, this.form);
  }

  thumb(name, text) {
    const node = button("", `plain thumb ${name}`, () => this.sendThumb(node, name));
    const icon = element("span", "", "icon");
    icon.setAttribute("aria-hidden", "true");
    node.setAttribute("aria-pressed", "false");
    return inside(node, icon, element("span", text));
  }

  commentForm(number) {
    const form = element("details", "", "comment");
    this.comment = document.createElement("textarea");
    Object.assign(this.comment, { id: `comment-${number}`, rows: 3, maxLength: MOST_SIGNS });
    const label = element("label", "What were you trying to do?");
    label.htmlFor = this.comment.id;
    const help = element("p", "It is stored with the question and the answer. Please name nobody.", "help");
    help.id = `comment-${number}-help`;
    this.comment.setAttribute("aria-describedby", help.id);
    const send = button("Send", "plain", () => this.sendComment());
    return inside(form, element("summary", "Say more"), label, this.comment, help, send);
  }

  async sendThumb(node, thumb) {
    if (this.thumbs.some((one) => one.getAttribute("aria-disabled") === "true")) return;
    for (const one of this.thumbs) one.setAttribute("aria-disabled", "true");
    const isStored = await this.send({ thumb, comment: null });
    if (isStored) {
      node.setAttribute("aria-pressed", "true");
      this.form.open = true;
    } else for (const one of this.thumbs) one.removeAttribute("aria-disabled");
  }

  async sendComment() {
    const comment = this.comment.value.trim();
    if (!comment) {
      this.say("There is no text yet.", "error");
      this.comment.focus();
    } else if (await this.send({ thumb: null, comment })) this.comment.value = "";
  }

  async send(given) {
    try {
      await post("/feedback", { answer_id: this.answerId, ...given });
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
