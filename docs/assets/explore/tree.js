// The files as a tree that the keyboard walks, as the ARIA practices describe it: up and down, right and left to open
// and close folders, Home and End, Enter or Space to open a file, and letters to jump to a name.

import { element } from "./dom.js";

const MARKS = { added: "+", removed: "−", changed: "~" };

export class Tree {
  constructor(texts, open) {
    this.texts = texts;
    this.open = open;
    this.closed = new Set();
    this.root = element("ul", { class: "ex-tree", role: "tree", "aria-label": texts.files });
    this.root.addEventListener("click", (event) => this.click(event));
    this.root.addEventListener("keydown", (event) => this.press(event));
  }

  draw(files, chosen) {
    const hadFocus = this.root.contains(document.activeElement);
    this.chosen = chosen;
    if (!files.some(({ path }) => path === this.current || path.startsWith(`${this.current}/`))) this.current = chosen;
    this.root.replaceChildren(...this.branch(nested(files), "", 1));
    this.focusable(this.item(this.current) ?? this.items()[0]);
    if (hadFocus) this.item(this.current)?.focus();
  }

  branch(node, above, level) {
    const entries = Object.entries(node).sort(([a, x], [b, y]) => isFile(x) - isFile(y) || (a < b ? -1 : 1));
    return entries.map(([name, child]) =>
      (isFile(child) ? this.leaf(name, child, level) : this.folder(name, child, above + name, level)));
  }

  leaf(name, { path, change }, level) {
    const mark = change && element("span", { class: "ex-mark", title: this.texts[change] }, MARKS[change],
      element("span", { class: "ex-hidden" }, ` ${this.texts[change]}`));
    return element("li", {
      role: "treeitem", tabindex: "-1", "aria-level": level, "aria-selected": String(path === this.chosen),
      "data-path": path, "data-change": change || null,
    }, element("span", { class: "ex-name" }, name), mark || "");
  }

  folder(name, child, path, level) {
    const isOpen = !this.closed.has(path);
    const group = element("ul", { role: "group", hidden: !isOpen }, ...this.branch(child, `${path}/`, level + 1));
    return element("li", {
      role: "treeitem", tabindex: "-1", "aria-level": level, "aria-expanded": String(isOpen), "data-path": path,
    }, element("span", { class: "ex-name" }, `${name}/`), group);
  }

  click(event) {
    const item = event.target.closest("[role=treeitem]");
    if (item) this.act(item);
  }

  act(item) {
    this.focusable(item);
    item.focus();
    if (item.hasAttribute("aria-expanded")) this.toggle(item, item.getAttribute("aria-expanded") !== "true");
    else this.open(item.dataset.path);
  }

  toggle(item, isOpen) {
    item.setAttribute("aria-expanded", isOpen);
    item.querySelector("[role=group]").hidden = !isOpen;
    if (isOpen) this.closed.delete(item.dataset.path);
    else this.closed.add(item.dataset.path);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = event.target.closest("[role=treeitem]");
    const items = this.items();
    const number = items.indexOf(item);
    const moves = {
      ArrowDown: () => items[number + 1],
      ArrowUp: () => items[number - 1],
      Home: () => items[0],
      End: () => items.at(-1),
      ArrowRight: () => this.inwards(item, items[number + 1]),
      ArrowLeft: () => this.outwards(item),
    };
    if (event.key in moves) this.go(moves[event.key]());
    else if (event.key === "Enter" || event.key === " ") this.act(item);
    else if (/^\S$/.test(event.key)) this.go(startingWith(event.key, items, number));
    else return;
    event.preventDefault();
  }

  inwards(item, next) {
    if (item.getAttribute("aria-expanded") === "true") return next;
    if (item.hasAttribute("aria-expanded")) this.toggle(item, true);
    return null;
  }

  outwards(item) {
    if (item.getAttribute("aria-expanded") !== "true") return item.parentElement.closest("[role=treeitem]");
    this.toggle(item, false);
    return null;
  }

  go(item) {
    if (!item) return;
    this.focusable(item);
    item.focus();
  }

  // Makes an item the one that the Tab key reaches.
  focusable(item) {
    for (const other of this.root.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
    if (!item) return;
    item.tabIndex = 0;
    this.current = item.dataset.path;
  }

  item(path) {
    return this.items().find((item) => item.dataset.path === path);
  }

  // Returns the items that can be seen.
  items() {
    return [...this.root.querySelectorAll("[role=treeitem]")].filter((item) => !item.parentElement.closest("[hidden]"));
  }
}

// Returns files by folder: names lead to files or to folders.
function nested(files) {
  const root = {};
  for (const file of files) {
    const folders = file.path.split("/");
    const name = folders.pop();
    const last = folders.reduce((node, folder) => (node[folder] ??= {}), root);
    last[name] = file;
  }
  return root;
}

function isFile(node) {
  return typeof node.path === "string";
}

function startingWith(letter, items, number) {
  const order = [...items.slice(number + 1), ...items.slice(0, number + 1)];
  const name = (item) => item.dataset.path.split("/").at(-1).toLowerCase();
  return order.find((item) => name(item).startsWith(letter.toLowerCase()));
}
