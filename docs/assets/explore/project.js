// The files of one combination, from the data of its starter.

const MISSING = -1;

export class Project {
  constructor(data, name) {
    this.data = data;
    this.row = data.combinations[name];
    this.paths = data.paths.filter((_, number) => this.row[number] !== MISSING).sort();
    data.texts ??= data.lines.map(withoutTags);
  }

  has(path) {
    return this.number(path) !== undefined;
  }

  // Returns the lines of a file as HTML, each with its line break; the last one may have none.
  html(path) {
    return this.lines(path, this.data.lines);
  }

  // Returns the lines of a file for comparison: what is highlighted otherwise is the same.
  texts(path) {
    return this.lines(path, this.data.texts);
  }

  get size() {
    return new TextEncoder().encode(this.paths.flatMap((path) => this.texts(path)).join("")).length;
  }

  number(path) {
    const found = this.row[this.data.paths.indexOf(path)];
    return found === MISSING ? undefined : found;
  }

  lines(path, from) {
    const numbers = this.data.files[this.number(path)];
    // What follows the last line break is no line if it is empty.
    return numbers.map((number, index) => from[number] + (index < numbers.length - 1 ? "\n" : "")).filter(Boolean);
  }
}

// Returns all files of one or two projects: path, and how they differ: "added", "removed", "changed" or nothing.
export function compare(made, before) {
  if (!before) return made.paths.map((path) => ({ path, change: "" }));
  const paths = [...new Set([...made.paths, ...before.paths])].sort();
  return paths.map((path) => ({ path, change: change(path, made, before) }));
}

function change(path, made, before) {
  if (!before.has(path)) return "added";
  if (!made.has(path)) return "removed";
  return made.texts(path).join("") === before.texts(path).join("") ? "" : "changed";
}

const CHARACTERS = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };

function withoutTags(html) {
  return html.replace(/<[^>]*>/g, "").replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => CHARACTERS[entity]);
}
