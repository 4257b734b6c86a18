// The page Timers: when each runs next, how its last runs went, run now, pause.

import { $, ask, element, inLanguage, moment, text } from "./shared.js";

const POLL = 2000;

export function timersPage() {
  let shown = "";

  const time = (at) => (at ? moment(at) : text("timer-never"));

  function runs(timer) {
    if (!timer.runs.length) return element("p", { className: "note", textContent: text("timer-no-runs") });
    const rows = timer.runs.map((run) =>
      element(
        "li",
        {},
        element("span", {
          className: `pill ${run.status === "done" ? "good" : run.status === "failed" ? "bad" : ""}`,
          textContent: text(`timer-${run.status}`),
        }),
        element("span", { className: "note", textContent: time(run.due) }),
        element("code", { textContent: run.detail }),
      ),
    );
    return element("ol", {}, ...rows);
  }

  function card(timer) {
    const message = element("span", { className: "note" });
    message.setAttribute("role", "status");
    const now = element("button", { type: "button", className: "main", textContent: text("timer-run") });
    now.addEventListener("click", async () => {
      now.disabled = true;
      message.textContent = text("calling");
      try {
        const { ok, detail, seconds } = await ask("timers/run", { name: timer.name });
        message.textContent = `${ok ? "✓" : "✗"} ${(seconds * 1000).toFixed(0)} ms ${detail}`;
      } catch (error) {
        message.textContent = error.message;
      }
      now.disabled = false;
    });
    const pause = element("button", {
      type: "button",
      textContent: text(timer.paused ? "timer-resume" : "timer-pause"),
    });
    pause.addEventListener("click", async () => {
      await ask("timers/pause", { name: timer.name, paused: !timer.paused });
      await load();
    });
    pause.hidden = !timer.runs_here;
    const when = timer.runs_here
      ? timer.paused
        ? text("timer-paused")
        : `${text("timer-next")} ${time(timer.next)}`
      : `${text("timer-elsewhere")} ${timer.environments.join(", ")}`;
    return element(
      "article",
      {},
      element("h2", { textContent: timer.name }),
      element("p", {}, timer.words, " ", element("code", { textContent: timer.schedule })),
      element("p", { className: "note", textContent: `${timer.function} · ${when}` }),
      element("p", { className: "actions" }, now, pause, message),
      runs(timer),
    );
  }

  async function load() {
    const { timers } = await ask(`timers?language=${inLanguage()}`);
    const found = JSON.stringify(timers) + inLanguage();
    $("timers-tab").hidden = !timers.length;
    // A page that stays as it is keeps its focus and its messages.
    if (found === shown || $("timers").contains(document.activeElement) && document.activeElement.disabled) return;
    const name = document.activeElement?.closest("article")?.querySelector("h2")?.textContent;
    const index = [...(document.activeElement?.closest("article")?.querySelectorAll("button") ?? [])].indexOf(
      document.activeElement,
    );
    shown = found;
    $("timers").replaceChildren(...timers.map(card));
    for (const article of $("timers").children) {
      if (article.querySelector("h2").textContent === name) article.querySelectorAll("button")[index]?.focus();
    }
  }

  async function poll() {
    try {
      await load();
    } catch {}
    setTimeout(poll, POLL);
  }

  poll();
}
