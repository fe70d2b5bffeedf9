/** Names of one kind that are not to be told. */
export interface NamesOf {
  /** What stands instead, with a number: "service" becomes "service-1". */
  readonly kind: string;
  readonly names: Iterable<string>;
}

/** Words that are so common that nobody is told apart by them, and everything would be unreadable without. */
const common = new Set([
  'default',
  'kube-system',
  'istio-system',
  'kubernetes',
  'prometheus',
  'istio',
  'consul',
  'eureka',
  'envoy',
  'nacos',
  'sentinel',
  'spring',
  'localhost',
  '127.0.0.1',
  'service',
  'host',
  'user',
  'namespace',
  'connection',
  'podium',
]);

/** Hosts and people by how they are written, whether or not anybody named them: addresses, names with dots, mail. */
const shapes: readonly { readonly kind: string; readonly shape: RegExp }[] = [
  { kind: 'user', shape: /[\w.+-]+@[\w-]+(?:\.[\w-]+)*/g },
  { kind: 'host', shape: /\b\d{1,3}(?:\.\d{1,3}){3}\b/g },
  { kind: 'host', shape: /\[[0-9a-f]*:[0-9a-f:.]+\]/gi },
  { kind: 'host', shape: /(?<=:\/\/)[\w.-]+/g },
  {
    kind: 'host',
    shape: /\b(?:[a-z0-9-]+\.)+(?:svc|local|internal|com|net|org|io|dev|cloud|eu|de)\b(?:\.[a-z0-9-]+)*/gi,
  },
];

/**
 * Puts the same other name wherever a name stands, so that a text still tells who is who, and not what they are called.
 * Longer names come first: the name of a pod begins with that of its service.
 */
export function createPseudonyms(given: readonly NamesOf[]): (text: string) => string {
  const counts = new Map<string, number>();
  const byName = new Map<string, string>();
  const standIn = (kind: string, name: string): string => {
    const known = byName.get(name);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const made = `${kind}-${count}`;
    byName.set(name, made);
    return made;
  };
  const named = given.flatMap(({ kind, names }) =>
    [...new Set(names)]
      .filter((name) => name.length > 1 && !common.has(name.toLowerCase()))
      .map((name) => [name, kind] as const),
  );
  for (const [name, kind] of named) standIn(kind, name);
  const longestFirst = [...byName.keys()].sort((a, b) => b.length - a.length);
  const known =
    longestFirst.length === 0
      ? null
      : new RegExp(`(?<![\\w])(?:${longestFirst.map(escape).join('|')})(?![\\w])`, 'g');
  const isOwn = (text: string): boolean => /^(?:service|host|user|namespace|connection)-\d+$/.test(text);
  return (text) => {
    const byNames = known === null ? text : text.replaceAll(known, (name) => byName.get(name) ?? name);
    return shapes.reduce(
      (rest, { kind, shape }) =>
        rest.replaceAll(shape, (found) =>
          isOwn(found) || common.has(found.toLowerCase()) ? found : standIn(kind, found),
        ),
      byNames,
    );
  };
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
