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
  '::1',
  '~/.kube/config',
  'service',
  'host',
  'user',
  'namespace',
  'connection',
  'podium',
]);

/** Groups of APIs and names that everybody's machine knows: those below them tell nobody apart. */
const wellKnown = [
  'k8s.io',
  'x-k8s.io',
  'kubernetes.io',
  'istio.io',
  'linkerd.io',
  'envoyproxy.io',
  'prometheus.io',
  'cert-manager.io',
  'hashicorp.com',
  'node.js',
];

const isCommon = (found: string): boolean => {
  const name = found.toLowerCase();
  return common.has(name) || wellKnown.some((known) => name === known || name.endsWith(`.${known}`));
};

/** Where files lie whose names tell of people and firms; paths of an API begin otherwise. */
const folders = String.raw`(?:~|/(?:home|Users|root|etc|mnt|media|opt|srv|tmp|var|data|Volumes|private)|[A-Za-z]:)[\\/]+`;
/** What a name with dots is made of. */
const letter = String.raw`[\p{L}\p{N}_-]`;

/** Files, hosts and people by how they are written, whether or not anybody named them. */
const shapes: readonly { readonly kind: string; readonly shape: RegExp }[] = [
  { kind: 'file', shape: new RegExp(String.raw`(?<=["'“])${folders}[^"'”\n]+`, 'g') },
  { kind: 'file', shape: new RegExp(String.raw`(?<![\w:/.~-])${folders}[^\s"',;:()[\]{}]+`, 'g') },
  { kind: 'host', shape: /\barn:[\w-]*:[^\s"',;()[\]{}]+/g },
  { kind: 'user', shape: /(?<=\bsystem:serviceaccounts?:)[\w.:-]*\w/g },
  { kind: 'user', shape: /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*/g },
  { kind: 'host', shape: /\b\d{1,3}(?:\.\d{1,3}){3}\b/g },
  { kind: 'host', shape: /\[[0-9a-f]*:[0-9a-f:.]+\]/gi },
  // Bare: eight groups, or fewer with a gap. A time of day has neither.
  { kind: 'host', shape: /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi },
  {
    kind: 'host',
    shape:
      /(?<![\w:])(?:(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|::[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})(?![\w])/gi,
  },
  { kind: 'host', shape: /(?<=:\/\/)[\w.-]+/g },
  // Any name with dots whose last part is no number; it begins where it does, so that a long one is read once.
  {
    kind: 'host',
    shape: new RegExp(String.raw`(?<!${letter})(?<!${letter}\.)(?:${letter}+\.)+\p{L}${letter}+`, 'gu'),
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
  const isOwn = (text: string): boolean => /^(?:service|host|user|namespace|connection|file)-\d+$/.test(text);
  return (text) => {
    const byNames = known === null ? text : text.replaceAll(known, (name) => byName.get(name) ?? name);
    return shapes.reduce(
      (rest, { kind, shape }) =>
        rest.replaceAll(shape, (found) => (isOwn(found) || isCommon(found) ? found : standIn(kind, found))),
      byNames,
    );
  };
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
