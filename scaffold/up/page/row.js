// The form of one row: its values as JSON, saving and deleting, and what hooks made of it.

import { showOutcome } from "./outcome.js";
import { $, ask, element, onLanguage, say, text } from "./shared.js";

const OWN = ["objectId", "createdAt", "updatedAt"];
const LINES = 12;
const WRITE_ONLY = { name: "password", type: "String", target: "" };

export const typeName = ({ type, target }) => (target ? `${type} → ${target}` : type);

export function rowForm({ changed }) {
  let row = null; // class, id and when it was seen
  let fields = new Map();
  let isSure = false;

  const message = (words, bad = false) => say($("row-message"), words, bad);

  function addField(column, json) {
    const area = element("textarea", {
      spellcheck: false,
      autocomplete: "off",
      value: json ?? "",
      rows: Math.min(LINES, (json ?? "").split("\n").length),
    });
    const error = element("span", { className: "wrong", hidden: true });
    error.setAttribute("role", "alert");
    area.readOnly = json === null || !row.isWritable;
    if (json === null) area.placeholder = text("too-long");
    const words = column.type === column.name ? "" : typeName(column);
    const type = element("span", { className: "note", textContent: words });
    const name = element("span", {}, element("code", { textContent: column.name }), " ", type);
    $("row-fields").append(element("label", { className: "field" }, name, area, error));
    fields.set(column.name, { area, error, original: area.value });
    return area;
  }

  function fill(columns, values) {
    $("row-fields").replaceChildren();
    fields = new Map();
    const more = row.class === "_User" && row.isWritable ? [WRITE_ONLY] : [];
    for (const column of [...columns, ...more]) {
      if (!OWN.includes(column.name)) addField(column, values[column.name]);
    }
  }

  function label() {
    if (!row) return;
    $("row-title").textContent = row.id ? `${row.class} ${row.id}` : `${row.class}: ${text("new-row")}`;
    $("row-save").hidden = !row.isWritable;
    $("row-add").hidden = !row.isWritable;
    $("row-delete").hidden = !row.isWritable || !row.id;
    $("row-delete").textContent = text(isSure ? "delete-sure" : "delete");
  }

  function begin(next) {
    row = next;
    isSure = false;
    message("");
    $("row-outcome").hidden = true;
    label();
  }

  function create(className, columns) {
    begin({ class: className, id: "", seen: "", isWritable: true });
    fill(columns, {});
    $("row").showModal();
  }

  function see(found) {
    row.seen = found.updatedAt;
    row.id = found.objectId;
    fill(found.columns, found.values);
    label();
  }

  async function open(className, id, isWritable) {
    begin({ class: className, id, seen: "", isWritable });
    fill([], {});
    $("row").showModal();
    try {
      see(await ask("data/row", { class: className, id }));
    } catch (error) {
      message(error.message, true);
    }
  }

  const unsaved = () => [...fields].filter(([, { area, original }]) => area.value !== original);

  function blame(name, words) {
    const field = fields.get(name);
    if (!field) return message(words, true);
    message("");
    field.error.textContent = words;
    field.error.hidden = false;
    field.area.setAttribute("aria-invalid", "true");
    field.area.focus();
  }

  // Ask for a change; return what came of it where that was no error.
  async function change(path, body) {
    for (const { area, error } of fields.values()) {
      error.hidden = true;
      area.removeAttribute("aria-invalid");
    }
    $("row-outcome").hidden = true;
    message(text("calling"));
    $("row-save").disabled = true;
    try {
      const outcome = await ask(path, body);
      showOutcome($("row-outcome"), outcome);
      if (!outcome.code) return outcome;
      blame(outcome.column, `[${outcome.code}] ${outcome.error}`);
    } catch (error) {
      blame(error.column, error.message);
    } finally {
      $("row-save").disabled = false;
    }
    return null;
  }

  async function save() {
    if (!row?.isWritable || $("row-save").disabled) return;
    const values = Object.fromEntries(unsaved().map(([name, { area }]) => [name, area.value]));
    const outcome = await change("data/save", {
      class: row.class,
      id: row.id,
      seen: row.seen,
      values,
    });
    if (!outcome) return;
    if (outcome.row) see(outcome.row);
    else gone();
    message(text("saved"));
    changed(row.class);
  }

  function gone() {
    row = { ...row, isWritable: false };
    fill([], {});
    label();
  }

  async function remove() {
    if (!isSure) {
      isSure = true;
      label();
      return;
    }
    isSure = false;
    label();
    const outcome = await change("data/delete", { class: row.class, id: row.id });
    if (!outcome) return;
    gone();
    message(text("deleted"));
    changed(row.class);
  }

  function addColumn() {
    const name = $("row-column").value.trim();
    if (!name) return;
    $("row-column").value = "";
    const known = fields.get(name);
    (known?.area ?? addField({ name, type: text("new-column"), target: "" })).focus();
  }

  // What was typed is dropped only when one closes the form again.
  function close(event) {
    event?.preventDefault();
    const isDropped = $("row-message").dataset.unsaved === "asked";
    delete $("row-message").dataset.unsaved;
    if (unsaved().length && row.isWritable && !isDropped) {
      message(text("unsaved"), true);
      $("row-message").dataset.unsaved = "asked";
      return;
    }
    $("row").close();
  }

  $("row-form").addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  $("row").addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      save();
    } else if (event.key === "Enter" && event.target === $("row-column")) {
      event.preventDefault();
      addColumn();
    } else if (event.key === "Escape") {
      close(event); // the browser itself would close it the second time, whatever is typed
    }
  });
  $("row").addEventListener("cancel", close);
  $("row-fields").addEventListener("input", () => delete $("row-message").dataset.unsaved);
  $("row-close").addEventListener("click", () => close());
  $("row-delete").addEventListener("click", remove);
  $("row-add").addEventListener("click", addColumn);
  onLanguage(label);
  return { create, open };
}
