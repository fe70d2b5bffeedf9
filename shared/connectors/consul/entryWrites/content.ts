import type { Entry } from '../entries.ts';

/** What an entry holds, as it is read and written. */
export type Content = Readonly<Record<string, unknown>>;

export const metaOf = (content: Content): ReadonlyMap<string, string> =>
  new Map(
    Object.entries((content['Meta'] as Record<string, unknown> | null | undefined) ?? {}).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    ),
  );

export function withMeta(content: Content, meta: ReadonlyMap<string, string>): Content {
  const { Meta: _, ...rest } = content;
  return meta.size === 0 ? rest : { ...rest, Meta: Object.fromEntries(meta) };
}

/** A list of objects somewhere in an entry; what else stands there is no list. */
export const listOf = (value: unknown): readonly Content[] =>
  Array.isArray(value) ? (value as Content[]) : [];

const upstreamOf = (content: Content): Content => (content['UpstreamConfig'] ?? {}) as Content;

export const overridesOf = (content: Content): readonly Content[] => listOf(upstreamOf(content)['Overrides']);

export const isFor =
  (callee: string) =>
  ({ Name, Peer }: Content): boolean =>
    Name === callee && (Peer === undefined || Peer === '');

/** An entry with these overrides; without any, nothing of them is left. */
export function withOverrides(content: Content, overrides: readonly Content[]): Content {
  const { UpstreamConfig: _, ...rest } = content;
  const { Overrides: _old, ...others } = upstreamOf(content);
  const upstream = overrides.length === 0 ? others : { ...others, Overrides: overrides };
  return Object.keys(upstream).length === 0 ? rest : { ...rest, UpstreamConfig: upstream };
}

/** Nothing in it but what Consul fills in by itself. */
export const isBare = (content: Content): boolean =>
  Object.entries(content).every(
    ([key, value]) =>
      ['Kind', 'Name', 'Namespace', 'Partition'].includes(key) ||
      value === null ||
      value === '' ||
      (typeof value === 'object' && Object.keys(value).length === 0),
  );

export const contentOrNew = (entry: Entry | null, kind: string, name: string): Content =>
  entry?.content ?? { Kind: kind, Name: name };
