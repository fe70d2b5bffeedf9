import { z } from 'zod';
import type { DocumentRef } from '../../../model/entity.ts';
import { PeerError } from '../../kit/peerError.ts';
import { yamlOf } from '../plan.ts';
import type { Registry } from '../registry.ts';

const Pair = z.object({
  Key: z.string(),
  Value: z.string().nullable(),
  ModifyIndex: z.union([z.number().int(), z.string().regex(/^\d+$/)]).transform(String),
});

/** One key with its value, below a folder. */
export interface Key {
  /** Without the folder. */
  readonly name: string;
  /** Null where it is no text. */
  readonly text: string | null;
  readonly bytes: number;
  readonly index: string;
}

/** The keys of one folder, which stand for a document here. */
export interface Folder {
  /** "shop/payment", without a slash at its end. */
  readonly path: string;
  readonly keys: readonly Key[];
}

/** Every key that the token may see below a prefix. */
export async function readKeys(
  registry: Registry,
  prefix: string,
  signal: AbortSignal,
): Promise<(Key & { readonly path: string })[]> {
  const body = await registry.api.keys(prefix, signal).catch((error: unknown) => {
    if (error instanceof PeerError && error.kind === 'notFound') return [];
    throw error;
  });
  return (Array.isArray(body) ? body : []).flatMap((one) => {
    const read = Pair.safeParse(one).data;
    // A key that ends in a slash is how Consul's own screens show a folder.
    if (read === undefined || read.Key.endsWith('/')) return [];
    const bytes = Buffer.from(read.Value ?? '', 'base64');
    const text = bytes.toString('utf8');
    const isText = Buffer.from(text, 'utf8').equals(bytes);
    return [
      {
        path: read.Key,
        name: read.Key,
        text: isText ? text : null,
        bytes: bytes.length,
        index: read.ModifyIndex,
      },
    ];
  });
}

/** The folders that are named after a service: `shop/payment/…`, or `config/payment,prod/…` as Spring reads it. */
export function foldersOf(all: readonly (Key & { readonly path: string })[], service: string): Folder[] {
  const found = Map.groupBy(
    all.flatMap((key) => {
      const parts = key.path.split('/');
      const at = parts.slice(0, -1).findIndex((part) => part === service || part.startsWith(`${service},`));
      if (at < 0) return [];
      return [{ ...key, folder: parts.slice(0, at + 1).join('/'), name: parts.slice(at + 1).join('/') }];
    }),
    ({ folder }) => folder,
  );
  return [...found].map(([path, keys]) => ({ path, keys }));
}

/** The keys of one folder as they are now. */
export async function readFolder(registry: Registry, path: string, signal: AbortSignal): Promise<Folder> {
  const keys = await readKeys(registry, `${path}/`, signal);
  return { path, keys: keys.map((key) => ({ ...key, name: key.path.slice(path.length + 1) })) };
}

export const refOf = (registry: Registry, path: string): DocumentRef => ({
  connectionId: registry.host.connectionId,
  apiVersion: 'consul/kv',
  kind: 'Keys',
  namespace: null,
  name: path,
  uid: path,
});

/** Another one whenever a key came, went or changed. */
export const revisionOf = ({ keys }: Folder): string =>
  keys
    .map(({ name, index }) => `${name}@${index}`)
    .sort()
    .join(' ');

export const textsOf = ({ keys }: Folder): Record<string, string> =>
  Object.fromEntries(keys.flatMap(({ name, text }) => (text === null ? [] : [[name, text] as const])));

export const yamlOfFolder = (folder: Folder): string => yamlOf(textsOf(folder));
