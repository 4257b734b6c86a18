// The state in the address: `#starter=flask&server=granian&file=app.py`; what is compared, with `before.` in front.

const BEFORE = "before.";
const OTHERS = ["file", "view"];

export function read(hash) {
  const state = { answers: {}, before: null, file: null, view: "file" };
  for (const [key, value] of new URLSearchParams(hash.slice(1))) {
    if (key.startsWith(BEFORE)) state.before = { ...state.before, [key.slice(BEFORE.length)]: value };
    else if (OTHERS.includes(key)) state[key] = value;
    else state.answers[key] = value;
  }
  return state;
}

// Writes the state without a new entry in the history, and returns the hash.
export function write({ answers, before, file, view }) {
  const pairs = new URLSearchParams(answers);
  for (const [key, value] of Object.entries(before ?? {})) pairs.set(BEFORE + key, value);
  if (before) pairs.set("view", view);
  if (file) pairs.set("file", file);
  // A slash needs no escape there, and is easier on the eye.
  const hash = `#${String(pairs).replaceAll("%2F", "/")}`;
  if (hash !== location.hash) history.replaceState(null, "", hash);
  return hash;
}
