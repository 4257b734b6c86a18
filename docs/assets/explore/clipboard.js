// Buttons that copy.

import { element } from "./dom.js";

export function copyButton(name, texts, content, tell) {
  const button = element("button", { type: "button", class: "ex-button" }, name);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(content());
      tell(texts.copied);
    } catch {
      // No permission, or a page that came without TLS.
      tell(texts["not-copied"]);
    }
  });
  return button;
}
