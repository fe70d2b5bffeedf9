import { z } from 'zod';
import type { EntryKind } from './api.ts';

/** Indexes come as numbers, or as text where a number would lose digits. */
const index = z.union([z.number().int(), z.string().regex(/^\d+$/)]).transform(String);
const shape = z.looseObject({
  Kind: z.string(),
  Name: z.string(),
  Namespace: z.string().default('default'),
  Meta: z.record(z.string(), z.string()).nullish(),
  CreateIndex: index,
  ModifyIndex: index,
});

/** One config entry as Consul gave it. */
export interface Entry {
  readonly kind: EntryKind;
  readonly name: string;
  readonly namespace: string;
  readonly meta: ReadonlyMap<string, string>;
  /** Tells an entry from one that was made anew under the same name. */
  readonly createIndex: string;
  readonly modifyIndex: string;
  /** What was written: without what Consul notes for itself. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** Null where it is no entry of this kind. */
export function readEntry(kind: EntryKind, value: unknown): Entry | null {
  const read = shape.safeParse(value);
  if (!read.success || read.data.Kind !== kind) return null;
  const { Name, Namespace, Meta, CreateIndex, ModifyIndex } = read.data;
  return {
    kind,
    name: Name,
    namespace: Namespace,
    meta: new Map(Object.entries(Meta ?? {})),
    createIndex: CreateIndex,
    modifyIndex: ModifyIndex,
    content: contentOf(value as Readonly<Record<string, unknown>>), // an object, as the shape says
  };
}

export const readEntries = (kind: EntryKind, body: unknown): Entry[] =>
  (Array.isArray(body) ? body : []).flatMap((value) => readEntry(kind, value) ?? []);

const ownNotes: ReadonlySet<string> = new Set(['CreateIndex', 'ModifyIndex', 'Hash', 'Status']);

const contentOf = (raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(raw).filter(([key]) => !ownNotes.has(key)));
