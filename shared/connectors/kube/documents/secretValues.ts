import { PeerError } from '../../kit/peerError.ts';
import { mapAt } from '../objects.ts';
import type { DocumentEdit } from './change.ts';

/** Shorter ones would blank half of every sentence, and tell nobody anything. */
const shortest = 3;
/** So much of a value at the end of a text that was cut is enough to know it by. */
const leastOfCut = 8;
const blank = '[secret]';

/** What a peer says against an edit of a Secret, without the values: webhooks quote what they refuse. */
export function withoutSecretValues(edit: DocumentEdit, error: unknown): unknown {
  const { kind } = edit.action === 'create' ? edit.after : edit.before;
  if (kind !== 'Secret' || !(error instanceof PeerError)) return error;
  const message = formsOf(edit).reduce(blanked, error.message);
  const { status, retryAfterSeconds } = error;
  return new PeerError(error.kind, message, { status, retryAfterSeconds });
}

/** Every value before and after, as it travels, as it is meant and as programs quote it; the longest first. */
function formsOf(edit: DocumentEdit): string[] {
  const documents = [
    ...(edit.action === 'create' ? [] : [edit.before]),
    ...(edit.action === 'delete' ? [] : [edit.after]),
  ];
  const forms = new Set<string>();
  for (const document of documents) {
    for (const value of mapAt(document, 'data').values()) {
      const meant = Buffer.from(value, 'base64').toString('utf8');
      for (const form of [value, meant, JSON.stringify(meant).slice(1, -1)]) forms.add(form);
    }
  }
  return [...forms].filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length);
}

function blanked(text: string, value: string): string {
  const clean = text.replaceAll(value, blank);
  if (!clean.endsWith('…')) return clean;
  const kept = clean.slice(0, -1);
  for (let length = Math.min(value.length, kept.length); length >= leastOfCut; length -= 1)
    if (kept.endsWith(value.slice(0, length))) return `${kept.slice(0, -length)}${blank}…`;
  return clean;
}
