const prime = 0x100000001b3n;
const offset = 0xcbf29ce484222325n;
const mask = 0xffffffffffffffffn;

/** What Prometheus and Alertmanager know a set of labels by: FNV-1a, 64 bits, over sorted names and values with 0xff between. */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  let hash = offset;
  const add = (byte: number): void => {
    hash = ((hash ^ BigInt(byte)) * prime) & mask;
  };
  for (const name of Object.keys(labels).sort()) {
    for (const text of [name, labels[name] ?? '']) {
      for (const byte of Buffer.from(text, 'utf8')) add(byte);
      add(0xff);
    }
  }
  return hash.toString(16).padStart(16, '0');
}
