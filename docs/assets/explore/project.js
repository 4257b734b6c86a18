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

  // Returns the lines of a file as HTML; the one after the last line break is left out.
  html(path) {
    return this.lines(path, this.data.lines);
  }

  // Returns the lines of a file for comparison: what is highlighted otherwise is the same.
  texts(path) {
    return this.lines(path, this.data.texts);
  }

  get size() {
    return this.paths.reduce((sum, path) => sum + this.texts(path).reduce((length, line) => length + line.length + 1, 0), 0);
  }

  number(path) {
    const found = this.row[this.data.paths.indexOf(path)];
    return found === MISSING ? undefined : found;
  }

  lines(path, from) {
    const numbers = this.data.files[this.number(path)];
    const lines = numbers.map((number) => from[number]);
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
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
  return made.texts(path).join("\n") === before.texts(path).join("\n") ? "" : "changed";
}

function withoutTags(html) {
  return html.replace(/<[^>]*>/g, "");
}
