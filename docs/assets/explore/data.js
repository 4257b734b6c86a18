// Loads what the build wrote; nothing twice.

const loaded = new Map();

export function load(url) {
  const key = String(url);
  if (!loaded.has(key)) {
    const answer = fetch(url).then((response) => {
      if (!response.ok) throw new Error(`${response.status} ${url}`);
      return response.json();
    });
    // After a failure the next choice tries again.
    answer.catch(() => loaded.delete(key));
    loaded.set(key, answer);
  }
  return loaded.get(key);
}

export function loadStarter(from, starter) {
  return load(new URL(`${starter}.json`, from));
}
