// The questions: a group of radio buttons each; what cannot be picked is switched off, and the group says why.

import { element, formatted } from "./dom.js";
import { refusals } from "./rules.js";

export class Form {
  constructor(index, choose) {
    this.index = index;
    this.root = element("form", { class: "ex-form" });
    this.root.addEventListener("submit", (event) => event.preventDefault());
    this.root.addEventListener("change", ({ target }) => choose(target.name, target.value));
    this.groups = Object.entries(index.questions).map(([key, question]) => this.group(key, question));
    this.root.append(...this.groups.map((group) => group.root));
  }

  group(key, question) {
    const help = element("p", { class: "ex-help", id: `ex-help-${key}` });
    const inputs = Object.keys(question.answers).map((value) =>
      element("input", { type: "radio", name: key, value, id: `ex-${key}-${value}` }));
    const chips = inputs.map((input) =>
      element("span", { class: "ex-chip" }, input,
        element("label", { for: input.id }, question.answers[input.value].name)));
    const root = element("fieldset", { "aria-describedby": help.id },
      element("legend", { title: question.ask }, question.name),
      element("div", { class: "ex-chips" }, ...chips), help);
    return { key, root, inputs, help };
  }

  draw({ answers, asked }) {
    const nodes = new Map(asked.map((node) => [node.question, node]));
    for (const group of this.groups) {
      const node = nodes.get(group.key);
      for (const input of group.inputs) {
        input.checked = input.value === answers[group.key];
        input.disabled = !(input.value in node.answers);
      }
      // Only UtilMeta has a framework below it that is not itself.
      group.root.hidden = group.key === "backend" && !node.asked;
      this.drawHelp(group, node, answers[group.key]);
    }
  }

  drawHelp({ key, help }, node, value) {
    const { texts, questions } = this.index;
    const { answers } = questions[key];
    const why = refusals(this.index, node).map(({ reason, values }) => {
      const names = values.map((each) => answers[each].name).join(texts.between);
      return formatted(texts.refused, { values: names, reason });
    });
    help.replaceChildren(
      answers[value].help,
      ...why.map((line) => element("span", { class: "ex-why" }, line)));
  }
}
