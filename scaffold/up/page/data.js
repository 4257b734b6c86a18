// The page Data: the classes, and the rows of one of them.

import { pager } from "./pager.js";
import { rowForm, typeName } from "./row.js";
import {
  $, arrows, ask, button, element, moment, onLanguage, problemText, say, text,
} from "./shared.js";

const FILE_LIMIT = 2 ** 30;

export function dataPage() {
  let whose = { kind: "own", server: "", classes: [] };
  let chosen = "";
  let order = "-createdAt";
  let found = null;
  let turn = 0; // an answer that comes after that to a later question is not shown
  const pages = pager($("rows-pager"), loadRows);
  const form = rowForm({ changed: refresh });

  const message = (words, bad = false) => say($("data-message"), words, bad);
  const isWritable = () => whose.kind === "own";

  // The classes

  async function load() {
    try {
      whose = await ask("data");
      if (!chosen) chosen = whose.classes.find((name) => !name.startsWith("_")) ?? "";
      message("");
    } catch (error) {
      message(error.message, true);
    }
    showClasses();
    if (chosen) await loadRows();
  }

  function classButton(name) {
    const made = button(name, () => choose(name));
    made.dataset.name = name;
    made.setAttribute("aria-current", String(name === chosen));
    return made;
  }

  function showClasses() {
    const own = whose.classes.filter((name) => !name.startsWith("_"));
    const builtIn = whose.classes.filter((name) => name.startsWith("_"));
    const note = whose.kind === "own" ? "" : `${text(`store-${whose.kind}`)} ${whose.server}`;
    $("data-note").textContent = note;
    $("data-note").hidden = !note;
    $("classes").replaceChildren();
    for (const [heading, names] of [["classes", own], ["built-in", builtIn]]) {
      if (!names.length) continue;
      $("classes").append(element("h2", { textContent: text(heading) }), ...names.map(classButton));
    }
    $("class-form").hidden = !isWritable();
    for (const id of ["row-new", "import-label"]) $(id).hidden = !isWritable();
    $("rows").hidden = !chosen;
    $("no-class").hidden = Boolean(chosen) || whose.kind === "none";
    $("data-nav").hidden = whose.kind === "none";
  }

  function choose(name, filter = "") {
    chosen = name;
    found = null;
    order = "-createdAt";
    $("where").value = filter;
    $("rows-table").replaceChildren();
    $("import-result").replaceChildren();
    pages.first();
    showClasses();
    return loadRows();
  }

  // Rows

  async function loadRows() {
    turn += 1;
    const mine = turn;
    const asked = { class: chosen, filter: $("where").value, order, page: pages.number() };
    try {
      const answer = await ask("data/rows", asked);
      if (mine !== turn) return;
      found = answer;
      message("");
      showRows();
    } catch (error) {
      if (mine === turn) message(error.message, true); // the rows before stay
    }
  }

  function showRows() {
    $("rows-title").textContent = chosen;
    $("rows-export").href = `api/data/export?class=${encodeURIComponent(chosen)}`;
    $("rows-export").download = `${chosen}.jsonl`;
    if (!found) return;
    const head = element("tr", {}, ...found.columns.map(headCell));
    $("rows-table").replaceChildren(
      element("thead", {}, head),
      element("tbody", {}, ...found.rows.map(rowNode)),
    );
    $("no-rows").hidden = found.rows.length > 0;
    $("rows-count").textContent = `${found.count} ${text("rows")}`;
    pages.show(found.count, found.size, found.rows.length);
  }

  function headCell(column) {
    const by = order.replace("-", "") === column.name ? order[0] === "-" : null;
    const arrow = by === null ? "" : by ? " ↓" : " ↑";
    const sort = button(`${column.name}${arrow}`, () => {
      order = by === false ? `-${column.name}` : column.name;
      pages.first();
      const same = `[data-sort="${CSS.escape(column.name)}"]`;
      loadRows().then(() => $("rows-table").querySelector(same)?.focus());
    });
    sort.dataset.sort = column.name;
    const type = element("span", { className: "note", textContent: typeName(column) });
    const cell = element("th", { scope: "col" }, sort, type);
    if (by !== null) cell.setAttribute("aria-sort", by ? "descending" : "ascending");
    return cell;
  }

  function rowNode(row) {
    const open = button(row.objectId, () => form.open(chosen, row.objectId, isWritable()));
    const cells = found.columns.slice(1).map(({ name, target }) => {
      if (name === "createdAt" || name === "updatedAt") return dateCell(row[name]);
      return valueCell(row.cells[name], { name, target, id: row.objectId });
    });
    return element("tr", {}, element("th", { scope: "row" }, open), ...cells);
  }

  const dateCell = (iso) => element("td", { title: iso, textContent: iso ? moment(iso) : "" });

  function valueCell(cell, column) {
    if (!cell) return element("td");
    if (cell.kind === "Date") return dateCell(cell.text);
    return element("td", { className: `kind-${cell.kind}` }, valueNode(cell, column));
  }

  function valueNode(cell, column) {
    if (cell.kind === "Pointer") {
      const where = JSON.stringify({ objectId: cell.id });
      const label = cell.class === column.target ? cell.id : cell.text;
      return button(label, () => choose(cell.class, where), "link");
    }
    if (cell.kind === "Relation") {
      const object = { __type: "Pointer", className: chosen, objectId: column.id };
      const where = JSON.stringify({ $relatedTo: { object, key: column.name } });
      return button(`→ ${cell.text}`, () => choose(cell.text, where), "link");
    }
    if (cell.href) {
      const link = { href: cell.href, target: "_blank", rel: "noreferrer", textContent: cell.text };
      return element("a", link);
    }
    return cell.text;
  }

  async function refresh(name) {
    if (name === chosen && whose.classes.includes(name)) return loadRows();
    if (name !== chosen) await choose(name);
    return load();
  }

  // Import

  function showImport(outcome) {
    const lines = outcome.problems.map((one) =>
      element("li", { textContent: `${text("line")} ${one.line}: ${problemText(one)}` }),
    );
    const counts = `${text("added")} ${outcome.added} · ${text("not-added")} ${outcome.failed}`;
    $("import-result").replaceChildren(
      element("p", { textContent: counts }),
      element("p", { className: "wrong", textContent: outcome.stopped && text(outcome.stopped) }),
      element("ul", { className: "wrong" }, ...lines),
    );
  }

  async function importFile(file) {
    if (file.size > FILE_LIMIT) return message(text("large-file"), true);
    message(text("importing"));
    $("import-result").replaceChildren();
    try {
      const outcome = await ask(`data/import?class=${encodeURIComponent(chosen)}`, file);
      await loadRows();
      showImport(outcome);
    } catch (error) {
      message(error.message, true);
    }
  }

  $("rows-form").addEventListener("submit", (event) => {
    event.preventDefault();
    pages.first();
    loadRows();
  });
  $("row-new").addEventListener("click", () => form.create(chosen, found?.columns ?? []));
  $("import").addEventListener("change", () => {
    const [file] = $("import").files;
    if (file) importFile(file);
    $("import").value = "";
  });
  $("class-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = $("class-name").value.trim();
    $("class-name").value = "";
    if (!name) return;
    if (whose.classes.includes(name)) choose(name);
    else form.create(name, []);
  });
  arrows($("data-nav"));
  onLanguage(() => {
    showClasses();
    showRows();
  });
  return load;
}
