import type { GraphService } from '../../model/graph.ts';
import type { OperationRecord } from '../../model/record.ts';
import type {
  WebhookAnswer,
  WebhookMessage,
  WebhookOutcome,
  WebhookRequest,
  WebhookState,
} from '../../model/webhook.ts';
import type { Journal } from '../journal.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { SettingsKeeper } from '../settings.ts';
import { checkAddress, checkSecret } from './address.ts';
import { messageOf, testMessage } from './message.ts';
import { outcomeOf } from './outcome.ts';
import { attempt, inVault, type KeptWebhook, recall, retryPausesMs } from './sender.ts';

/** So many wait at most; what comes then is not told, and the journal says so. */
export const mostWaiting = 100;

/** So many operations of an earlier run are looked at for what was not told, the newest first. */
const mostLeft = 500;

/** Tells an address of the operator's what is done from here. It holds nothing up and fails nothing. */
export interface Webhook extends Disposable {
  read(): Promise<WebhookState>;
  /** Throws a Refusal that says what does not fit. */
  set(request: WebhookRequest): Promise<void>;
  forget(): Promise<void>;
  test(): Promise<WebhookAnswer>;
}

interface WebhookParts {
  readonly journal: Journal;
  readonly settings: SettingsKeeper;
  readonly ports: Ports;
  service(id: string): GraphService | null;
}

interface Waiting {
  /** When the webhook was set that this is for. */
  readonly since: number;
  readonly operationId: string;
  readonly outcome: WebhookOutcome;
  readonly message: WebhookMessage;
}

export function createWebhook({ journal, settings, ports, service }: WebhookParts): Webhook {
  const closed = new AbortController();
  const waiting: Waiting[] = [];
  /** What was said of an operation last, or waits to be. */
  const said = new Map<string, WebhookOutcome>();
  let busy = false;
  let last: WebhookState['last'] = null;

  journal.onWritten((record) => {
    const { webhook } = settings.current.sharing;
    if (webhook === null || record.at < webhook.since) return;
    const now = outcomeOf(record);
    const before = said.get(record.id) ?? record.told?.outcome;
    if (now === null || now.outcome === before) return;
    said.set(record.id, now.outcome);
    if (waiting.length >= mostWaiting) {
      note(record, now.outcome, `${mostWaiting} messages wait to be sent already`);
      return;
    }
    const about = record.serviceId === null ? null : service(record.serviceId);
    const message = messageOf(record, now, about, ports.clock.now());
    waiting.push({ since: webhook.since, operationId: record.id, outcome: now.outcome, message });
    if (!busy) void sendAll();
  });
  noteLeft().catch((thrown: unknown) =>
    ports.log.warn('what an earlier run did not tell was not looked for', { why: String(thrown) }),
  );

  /** What waited when an earlier run was closed, or ended by itself, is not told any more, and says so. */
  async function noteLeft(): Promise<void> {
    const { webhook } = settings.current.sharing;
    if (webhook === null || !journal.writable) return;
    const began = ports.clock.now();
    const kept = await journal.list({ from: webhook.since, to: began, limit: mostLeft });
    for (const record of kept) {
      const { id, state, told } = record;
      // What was undone meanwhile was written before, and should have been told as begun.
      const owed = outcomeOf(record)?.outcome ?? (state === 'written' ? (told?.outcome ?? 'begun') : null);
      if (owed === null || owed === told?.outcome || said.has(id)) continue;
      note(record, owed, 'Podium was closed before it could be told');
    }
  }

  function note({ id }: Pick<OperationRecord, 'id'>, outcome: WebhookOutcome, why: string | null): void {
    const at = ports.clock.now();
    const problem = why === null ? null : `The webhook was not told: ${why}`;
    last = { at, problem };
    if (problem !== null) ports.log.warn('the webhook was not told', { operation: id, why });
    journal
      .update(id, (now) => ({ ...now, told: { outcome, at, problem } }))
      .catch((thrown: unknown) =>
        ports.log.warn('what a webhook was told was not journalled', { operation: id, why: String(thrown) }),
      );
  }

  /** One after the other, so that an end is never told before its beginning. */
  async function sendAll(): Promise<void> {
    busy = true;
    for (let next = waiting[0]; next !== undefined && !closed.signal.aborted; next = waiting[0]) {
      const why = await deliver(next).catch((thrown: unknown) => String(thrown));
      if (closed.signal.aborted) break;
      waiting.shift();
      note({ id: next.operationId }, next.outcome, why);
    }
    busy = false;
  }

  /** Null once it was taken, else why it was not. */
  async function deliver({ message, since }: Waiting): Promise<string | null> {
    for (let tried = 0; ; tried += 1) {
      // Read anew each time: it may have been changed, or taken away, while this waited.
      const kept = await recall(ports.vault);
      const { webhook } = settings.current.sharing;
      if (webhook === null) return 'there is none any more';
      // Set anew after this was done; whoever is told now need not know of what was before.
      if (webhook.since !== since) return 'it was set anew before this could be told';
      if (kept === null) return notKept;
      const { ok, again, said: answer } = await attempt(kept, message, ports, closed.signal);
      if (ok) return null;
      const pauseMs = retryPausesMs[tried];
      const times = tried === 0 ? '' : ` (tried ${tried + 1} times)`;
      if (!again || pauseMs === undefined) return `${answer}${times}`;
      await ports.clock.sleep(pauseMs, closed.signal);
    }
  }

  return {
    async read() {
      const setting = settings.current.sharing.webhook;
      const isKept = setting !== null && (await recall(ports.vault)) !== null;
      return { setting, isKept, waiting: waiting.length, last };
    },
    async set({ address, proof, secret }) {
      const url = checkAddress(address);
      checkSecret(proof, secret);
      const kept: KeptWebhook = { address: url.href, proof, secret: proof === 'none' ? '' : secret };
      // Remembered first: a secret that nobody knows of would never be forgotten.
      const setting = { origin: url.origin, proof, since: ports.clock.now() };
      await settings.write(({ sharing }) => ({ sharing: { ...sharing, webhook: setting } }));
      await ports.vault.put(inVault, JSON.stringify(kept));
      last = null;
    },
    async forget() {
      await settings.write(({ sharing }) => ({ sharing: { ...sharing, webhook: null } }));
      await ports.vault.forget(inVault);
      last = null;
    },
    async test() {
      const kept = await recall(ports.vault);
      if (settings.current.sharing.webhook === null || kept === null)
        throw new Refusal('REFUSED', `Nothing was sent: ${notKept}`);
      const message = testMessage(ports.actor, ports.clock.now());
      const { ok, said: answer } = await attempt(kept, message, ports, closed.signal);
      return { ok, said: answer };
    },
    [Symbol.dispose]: () => closed.abort(new Error('closed')),
  };
}

const notKept = 'its address is not kept here any more. Give it again in Settings.';
