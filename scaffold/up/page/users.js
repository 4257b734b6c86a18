// The page Users: who there is, their sessions, and logging in as one of them.

import { useSession } from "./calls.js";
import { showOutcome } from "./outcome.js";
import { pager } from "./pager.js";
import { $, ask, button, element, moment, onLanguage, say, text } from "./shared.js";

export function usersPage(toCalls) {
  let found = null;
  const pages = pager($("users-pager"), load);

  function begun(user) {
    if (!user.sessions) return "—"; // nobody knows
    const [newest] = user.sessions;
    const count = element("span", { textContent: String(user.sessions.length) });
    return newest ? element("span", { title: moment(newest) }, count) : count;
  }

  function row(user) {
    const contact = [user.email, user.mobilePhoneNumber].filter(Boolean).join(" · ");
    const actions = element("td", { className: "actions" });
    if (user.sessions) {
      const end = button(text("end-sessions"), () => endSessions(user));
      end.disabled = !user.sessions.length;
      actions.append(button(text("log-in-as"), () => logIn(user)), end);
    }
    return element(
      "tr",
      {},
      element("th", { scope: "row", textContent: user.username }),
      element("td", {}, begun(user)),
      actions,
      element("td", { textContent: contact }),
      element("td", {}, element("code", { textContent: user.objectId })),
      element("td", { textContent: moment(user.createdAt) }),
    );
  }

  function show() {
    if (!found) return;
    $("users-note").textContent = found.kind === "own" ? "" : text(`store-${found.kind}`);
    $("users-table").hidden = !found.users.length;
    $("users-rows").replaceChildren(...found.users.map(row));
    $("no-users").hidden = found.users.length > 0 || found.kind === "none";
    pages.show(found.count, found.size, found.users.length);
  }

  async function load() {
    try {
      found = await ask("users", { filter: $("user-filter").value, page: pages.number() });
      say($("users-message"), "");
      show();
    } catch (error) {
      say($("users-message"), error.message, true);
    }
  }

  async function change(path, user, done) {
    $("token").hidden = true;
    $("users-outcome").hidden = true;
    say($("users-message"), text("calling"));
    try {
      const outcome = await ask(path, { id: user.objectId });
      await load();
      showOutcome($("users-outcome"), outcome);
      if (outcome.code) say($("users-message"), `[${outcome.code}] ${outcome.error}`, true);
      else done(outcome);
    } catch (error) {
      say($("users-message"), error.message, true);
    }
  }

  function logIn(user) {
    change("users/login", user, ({ token }) => {
      $("token").hidden = false;
      $("token-name").textContent = user.username;
      $("token-text").value = token;
      $("use-token").focus();
    });
  }

  function endSessions(user) {
    change("users/end", user, () => say($("users-message"), text("sessions-ended")));
  }

  $("copy-token").addEventListener("click", async () => {
    $("token-text").select();
    try {
      await navigator.clipboard.writeText($("token-text").value);
      say($("users-message"), text("token-copied"));
    } catch {
      say($("users-message"), text("copy-selected"));
    }
  });
  $("use-token").addEventListener("click", () => {
    useSession($("token-text").value, $("token-name").textContent);
    toCalls();
    $("session").focus();
  });
  $("users-form").addEventListener("submit", (event) => {
    event.preventDefault();
    pages.first();
    load();
  });
  onLanguage(show);
  return load;
}
