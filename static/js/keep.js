// What this browser keeps for a person. Where it may keep nothing, it lasts as long as the page.

const memory = new Map();

/** A small store of JSON values under names that carry the person, so that nobody else on this browser meets them. */
export class Keep {
  #prefix;

  constructor(kind, person) {
    this.#prefix = `chatweb:${kind}:${person}:`;
  }

  get(name) {
    return parse(memory.get(this.#prefix + name) ?? attempt(() => localStorage.getItem(this.#prefix + name)));
  }

  set(name, value) {
    const text = JSON.stringify(value);
    const kept = attempt(() => { localStorage.setItem(this.#prefix + name, text); return true; });
    if (!kept) memory.set(this.#prefix + name, text);
  }

  remove(name) {
    memory.delete(this.#prefix + name);
    attempt(() => localStorage.removeItem(this.#prefix + name));
  }

  all() {
    const names = new Set([...memory.keys(), ...(attempt(() => Object.keys(localStorage)) ?? [])]);
    const mine = [...names].filter((name) => name.startsWith(this.#prefix));
    return mine.map((name) => this.get(name.slice(this.#prefix.length))).filter(Boolean);
  }

  /** Call back with the value, or null, when another tab changes one. */
  watch(callback) {
    addEventListener("storage", ({ key, newValue }) => key?.startsWith(this.#prefix) && callback(parse(newValue)));
  }
}

function attempt(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

const parse = (text) => (text ? attempt(() => JSON.parse(text)) : null);
