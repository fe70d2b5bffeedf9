import { writeLink } from '../../model/deepLink.ts';
import type { GraphService } from '../../model/graph.ts';
import type { OperationRecord } from '../../model/record.ts';
import { blankSecrets } from '../../model/redaction.ts';
import type { WebhookMessage, WebhookOutcome } from '../../model/webhook.ts';
import type { Outcome } from './outcome.ts';

const longest = 300;

const word: Readonly<Record<WebhookOutcome, string>> = {
  begun: 'begun',
  done: 'done',
  undone: 'taken back',
  unproven: 'NOT PROVEN',
  left: 'not taken back',
  failed: 'FAILED',
  unknown: 'OUTCOME UNKNOWN',
};

/** What a webhook is told of an operation: who did what, where and how it went; no document, and nothing of one. */
export function messageOf(
  record: OperationRecord,
  { outcome, why }: Outcome,
  service: GraphService | null,
  now: number,
): WebhookMessage {
  const { id, operation, connection, hold, watch, undoOf, at } = record;
  const until = outcome === 'begun' ? (hold?.until ?? watch?.endsAt ?? null) : null;
  const [title, reason, by, place] = [record.title, record.reason, record.actor, connection.title].map(plain);
  const parts = [
    `${title} – ${word[outcome]}${why === '' ? '' : ` (${plain(why)})`}`,
    `by ${by} on ${place} (${connection.environment})`,
    ...(until === null ? [] : [`until ${isoOf(until)}`]),
  ];
  return {
    version: 1,
    kind: 'operation',
    text: forChats(`${parts.join(', ')}${reason === '' ? '' : `: ${reason}`}`),
    outcome,
    operation: { id, kind: operation.kind, title: title ?? '', reason: reason ?? '', undoes: undoOf },
    by: by ?? '',
    connection: { title: place ?? '', environment: connection.environment },
    service: service === null ? null : { namespace: service.namespace, name: service.name },
    at: isoOf(at),
    outcomeAt: isoOf(now),
    until: until === null ? null : isoOf(until),
    link:
      service === null
        ? null
        : writeLink({ context: connection.title, namespace: service.namespace, service: service.name, at }),
  };
}

/** What is sent to see whether it arrives. */
export function testMessage(by: string, now: number): WebhookMessage {
  const actor = plain(by);
  return {
    version: 1,
    kind: 'test',
    text: forChats(`A test of Podium’s webhook by ${actor}: nothing was changed anywhere.`),
    outcome: null,
    operation: null,
    by: actor,
    connection: null,
    service: null,
    at: isoOf(now),
    outcomeAt: null,
    until: null,
    link: null,
  };
}

const isoOf = (at: number): string => new Date(at).toISOString();

const plain = (text: string): string =>
  blankSecrets(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, longest);

/** Chats read `<!channel>`, `@here` and `[words](address)` as more than words; names from a cluster must not call people. */
const forChats = (text: string): string =>
  text
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('](', '] (')
    .replaceAll(/@(?=all|channel|everyone|here)/gi, '@\u200b');
