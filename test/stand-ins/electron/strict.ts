/** What Node, promises and inspectors ask of any object. */
const asked = new Set(['then', 'toJSON', 'domain', 'splice', 'nodeType', 'tagName']);

/** Throws at every member that the stand-in lacks, so that no test passes on something silently undefined. */
export function strict<T extends object>(target: T, name: string): T {
  return new Proxy(target, {
    get(it, key): unknown {
      if (key in it || typeof key === 'symbol' || asked.has(key)) return Reflect.get(it, key);
      throw new Error(`The stand-in for Electron has no ${name}.${key}.`);
    },
    // Tests put their own in the place of what is there (a dialog's answer), and of nothing else.
    set(it, key, value): boolean {
      if (key in it || typeof key === 'symbol') return Reflect.set(it, key, value);
      throw new Error(`The stand-in for Electron has no ${name}.${key} to be set.`);
    },
  });
}
