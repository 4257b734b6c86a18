// What came of a change: its hooks with their answers, and what the app printed meanwhile.

import { addLines, element, milliseconds, text } from "./shared.js";

function hookNode(hook) {
  const good = hook.status >= 200 && hook.status < 300;
  const pill = { className: `pill ${good ? "good" : "bad"}`, textContent: hook.status || "—" };
  const head = element(
    "summary",
    {},
    element("span", pill),
    " ",
    element("code", { textContent: hook.path }),
    " ",
    element("span", { className: "note", textContent: milliseconds(hook.seconds) }),
  );
  const answer = element("pre", { tabIndex: 0, textContent: hook.answer });
  return element("details", { open: !good }, head, answer);
}

export function showOutcome(at, outcome) {
  at.hidden = false;
  const log = element("pre", { tabIndex: 0 });
  addLines(log, outcome.lines);
  if (!outcome.lines.length) {
    log.append(element("span", { className: "note", textContent: text("no-lines") }));
  }
  const none = element("p", { className: "note", textContent: text("no-hooks") });
  at.replaceChildren(
    element("h3", { textContent: text("hooks") }),
    ...(outcome.hooks.length ? outcome.hooks.map(hookNode) : [none]),
    element("h3", { textContent: text("call-log") }),
    log,
  );
}
