// The chosen file, or how it differs, behind two tabs.

import { copyButton } from "./clipboard.js";
import { element, formatted } from "./dom.js";
import { difference, folded } from "./difference.js";

const VIEWS = ["file", "difference"];

export class Viewer {
  constructor(texts, show) {
    this.texts = texts;
    this.show = show;
    this.title = element("h2", { class: "ex-path", id: "ex-path" });
    this.told = element("span", { class: "ex-told", role: "status" });
    this.tabs = VIEWS.map((view) => this.tab(view));
    this.tablist = element("div", { role: "tablist", class: "ex-tabs", "aria-labelledby": "ex-path" }, ...this.tabs);
    this.code = element("code");
    this.panel = element("div", { class: "ex-panel highlight", role: "tabpanel", id: "ex-panel", tabindex: "0" },
      element("pre", {}, this.code));
    this.copy = copyButton(texts["copy-file"], texts, () => this.content, (told) => { this.told.textContent = told; });
    this.root = element("section", { class: "ex-viewer", "aria-labelledby": "ex-path" },
      element("div", { class: "ex-bar" }, this.title, this.tablist, this.told, this.copy), this.panel);
    this.tablist.addEventListener("keydown", (event) => this.move(event));
  }

  tab(view) {
    const tab = element("button",
      { type: "button", role: "tab", id: `ex-tab-${view}`, "aria-controls": "ex-panel", "data-view": view }, this.texts[view]);
    tab.addEventListener("click", () => this.show(view));
    return tab;
  }

  move(event) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -VIEWS.length, End: VIEWS.length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const now = this.tabs.indexOf(document.activeElement);
    const next = Math.min(Math.max(now + steps[event.key], 0), this.tabs.length - 1);
    this.tabs[next].focus();
    this.show(VIEWS[next]);
  }

  draw(path, made, before, view) {
    this.title.textContent = path ?? this.texts["no-file"];
    this.told.textContent = "";
    this.tablist.hidden = !before;
    for (const tab of this.tabs) {
      const chosen = tab.dataset.view === view;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
    }
    this.panel.setAttribute("aria-labelledby", before ? `ex-tab-${view}` : "ex-path");
    const isHere = path !== undefined && made.has(path);
    this.copy.hidden = !isHere;
    this.drawLines(path, made, before, view, isHere);
    this.content = isHere ? this.plain(made.html(path)) : "";
    if (this.drawn !== path) this.panel.scrollTo(0, 0);
    this.drawn = path;
  }

  drawLines(path, made, before, view, isHere) {
    if (path === undefined) this.code.replaceChildren();
    else if (view === "difference") this.drawDifference(path, made, before);
    else if (isHere) this.code.innerHTML = made.html(path).map((line) => `<span class="ex-line">${line}</span>`).join("");
    else this.code.replaceChildren(this.remark(this.texts.absent));
  }

  drawDifference(path, made, before) {
    const [old, young] = [before, made].map((project) => (project.has(path) ? project : null));
    const steps = difference(old?.texts(path) ?? [], young?.texts(path) ?? []);
    if (steps.every(({ kind }) => kind === "same")) {
      this.code.replaceChildren(this.remark(this.texts.nothing));
      return;
    }
    const html = { removed: old?.html(path), added: young?.html(path), same: young?.html(path) };
    this.code.innerHTML = folded(steps).map((step) => this.step(step, html)).join("");
  }

  // The lines are the build's own HTML; nothing of a user's gets into them.
  step({ kind, line, count }, html) {
    if (kind === "skipped") return `<span class="ex-skipped">${formatted(this.texts.skipped, { count })}\n</span>`;
    return `<span class="ex-step ex-${kind}">${html[kind][line]}</span>`;
  }

  remark(text) {
    return element("span", { class: "ex-skipped" }, text);
  }

  // Returns lines of HTML as the text that they show.
  plain(lines) {
    const reader = document.createElement("template");
    reader.innerHTML = lines.join("");
    return reader.content.textContent;
  }
}
