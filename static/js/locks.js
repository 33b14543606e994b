// What the open pages of one person in this browser know of each other. It ends with the page that said it.

/** Names that pages hold, each for itself. */
export class Locks {
  #prefix;
  #claims = new Map();

  constructor(person) {
    this.#prefix = `chatweb:${person}:`;
  }

  /** Hold a name that other pages may hold too. Returns what lets go of it. */
  share(name) {
    return this.#hold(name, { mode: "shared" }).release;
  }

  /** Whether this page is the first to claim `number` of `name`; it keeps the claim until its next one of that name. */
  async claim(name, number) {
    const { granted, release } = this.#hold(`claim:${name}:${number}`, { ifAvailable: true });
    if (!(await granted)) return false;
    this.#claims.get(name)?.();
    this.#claims.set(name, release);
    return true;
  }

  /** The names that are held by any page. */
  async held() {
    const { held } = await navigator.locks.query();
    const mine = held.filter(({ name }) => name.startsWith(this.#prefix));
    return new Set(mine.map(({ name }) => name.slice(this.#prefix.length)));
  }

  #hold(name, options) {
    let release;
    const over = new Promise((resolve) => { release = resolve; });
    const granted = new Promise((resolve) => {
      navigator.locks.request(this.#prefix + name, options, (lock) => {
        resolve(Boolean(lock));
        return lock && over;
      });
    });
    return { granted, release };
  }
}
