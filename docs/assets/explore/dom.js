// Makes elements and texts.

// Returns an element with attributes and children; an attribute of `null` or `false` is left out.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(attribute, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// Returns a text with values in the place of its `{names}`.
export function formatted(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
