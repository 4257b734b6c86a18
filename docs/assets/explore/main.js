// The page Explore: which choices there are, what they make, how two of them differ.
//
// One module a concern; this one holds the state and lets the others draw it. The state is in the address too, so that
// a link leads to what its sender saw.

import { copyButton } from "./clipboard.js";
import { command } from "./command.js";
import { element, formatted } from "./dom.js";
import { load, loadStarter } from "./data.js";
import { Form } from "./form.js";
import { read, write } from "./address.js";
import { named, resolve, wishesOf } from "./rules.js";
import { compare, Project } from "./project.js";
import { Tree } from "./tree.js";
import { Viewer } from "./viewer.js";

const FIRST_FILES = ["app.py", "wsgi.py", "README.md"];

class Explore {
  constructor(root, index, from) {
    this.root = root;
    this.index = index;
    this.texts = index.texts;
    this.from = from;
    this.drawn = 0;
    this.note = element("p", { class: "ex-note", role: "status" });
    this.form = new Form(index, (question, value) => this.choose(question, value));
    this.tree = new Tree(this.texts, (path) => this.open(path));
    this.viewer = new Viewer(this.texts, (view) => this.show(view));
    this.commandLine = element("code", { class: "ex-command-line", id: "ex-command" });
    this.comparison = element("div", { class: "ex-comparison" });
    this.onlyChanges = element("input", { type: "checkbox", id: "ex-only" });
    this.onlyChanges.addEventListener("change", () => this.draw());
    this.count = element("p", { class: "ex-count" });
    this.layOut();
    this.take(read(location.hash));
    // Also after the reader edited the address, or went back.
    addEventListener("hashchange", () => {
      if (location.hash !== this.written) this.take(read(location.hash));
    });
  }

  layOut() {
    const { texts } = this;
    this.only = element("label", { class: "ex-only", for: "ex-only" }, this.onlyChanges, ` ${texts["only-changes"]}`);
    const made = element("section", { class: "ex-made", "aria-label": texts.command },
      element("div", { class: "ex-command" },
        element("pre", {}, this.commandLine),
        copyButton(texts["copy-command"], texts, () => this.commandLine.textContent, (told) => this.tell(told))),
      element("div", { class: "ex-actions" },
        copyButton(texts["copy-link"], texts, () => location.href, (told) => this.tell(told)),
        this.comparison),
      this.note);
    const panes = element("div", { class: "ex-panes" },
      element("section", { class: "ex-files", "aria-label": texts.files }, this.count, this.only, this.tree.root),
      this.viewer.root);
    this.root.replaceChildren(
      element("section", { class: "ex-choices", "aria-label": texts.choices }, this.form.root),
      element("div", { class: "ex-result" }, made, panes));
  }

  // Takes over a state that came from the address.
  take(state) {
    this.wishes = wishesOf(this.index, state.answers);
    this.before = state.before && resolve(this.index, state.before).answers;
    this.file = state.file;
    this.view = state.view;
    this.draw();
  }

  choose(question, value) {
    this.wishes = { ...this.wishes, [question]: value };
    this.draw();
  }

  open(path) {
    this.file = path;
    this.draw();
  }

  show(view) {
    this.view = view;
    this.draw();
  }

  compareWith(answers) {
    this.before = answers;
    this.view = answers ? "difference" : "file";
    this.draw();
    this.comparison.querySelector("button").focus();
  }

  swap() {
    const before = this.before;
    this.before = this.chosen.answers;
    this.wishes = wishesOf(this.index, before);
    this.draw();
    this.comparison.querySelector("button").focus();
  }

  tell(text) {
    this.note.textContent = text;
  }

  async draw() {
    const turn = ++this.drawn;
    this.chosen = resolve(this.index, this.wishes);
    const { answers, adjusted } = this.chosen;
    this.form.draw(this.chosen);
    this.commandLine.textContent = command(this.index, answers);
    this.tell(adjusted.map((each) => this.explain(each)).join(" "));
    this.drawComparison();
    try {
      const [made, before] = await Promise.all([this.project(answers), this.before && this.project(this.before)]);
      // A later choice overtook this one.
      if (turn !== this.drawn) return;
      this.drawFiles(made, before);
    } catch (problem) {
      if (turn === this.drawn) this.tell(this.texts.failed);
      throw problem;
    }
  }

  async project(answers) {
    return new Project(await loadStarter(this.from, answers.starter), named(answers));
  }

  drawFiles(made, before) {
    const files = compare(made, before);
    const differ = files.filter((file) => file.change);
    const shown = before && this.onlyChanges.checked ? differ : files;
    if (!files.some((file) => file.path === this.file)) this.file = FIRST_FILES.find((path) => made.has(path));
    this.only.hidden = !before;
    this.count.textContent = this.counted(made, differ, before);
    this.tree.draw(shown, this.file);
    this.viewer.draw(this.file, made, before, before ? this.view : "file");
    this.written = write({ answers: this.chosen.answers, before: this.before, file: this.file, view: this.view });
    keepInLanguageSwitch(this.written);
    this.root.dataset.ready = named(this.chosen.answers);
  }

  counted(made, differ, before) {
    if (before && !differ.length) return this.texts.alike;
    if (before) {
      const of = (change) => differ.filter((file) => file.change === change).length;
      return formatted(this.texts.changes, { changed: of("changed"), added: of("added"), removed: of("removed") });
    }
    return formatted(this.texts.count, { files: made.paths.length, size: `${Math.round(made.size / 1000)} kB` });
  }

  drawComparison() {
    const { texts } = this;
    const button = (name, act) => {
      const found = element("button", { type: "button", class: "ex-button" }, name);
      found.addEventListener("click", act);
      return found;
    };
    if (!this.before) {
      const start = button(texts.compare, () => this.compareWith(this.chosen.answers));
      this.comparison.replaceChildren(start);
      return;
    }
    this.comparison.replaceChildren(
      button(texts.stop, () => this.compareWith(null)),
      button(texts.swap, () => this.swap()),
      element("p", { class: "ex-before" }, `${texts.comparing} `, element("code", {}, command(this.index, this.before))));
  }

  explain({ question, wish, value, reason }) {
    const name = (answer) => this.index.questions[question].answers[answer]?.name ?? answer;
    return formatted(this.texts.adjusted, {
      question: this.index.questions[question].name, wish: name(wish), value: name(value), reason,
    });
  }
}

// The theme's links to the other language would lose what was chosen.
function keepInLanguageSwitch(hash) {
  for (const link of document.querySelectorAll("a[hreflang]")) {
    link.href = link.href.replace(/#.*|$/, hash);
  }
}

async function start() {
  const root = document.getElementById("explorer");
  const from = new URL(root.dataset.from, location.href);
  const index = await load(new URL(`index.${root.dataset.language}.json`, from));
  new Explore(root, index, from);
}

start();
