import type { OperationRecord } from '../model/record.ts';
import type { Mark } from '../model/signals.ts';
import type { JournalStore, Ports } from './ports.ts';
import { settled } from './returns/states.ts';
import { createPulse, type Pulse } from './pulse.ts';

/** The journal as the console uses it: durable first, then told to whoever watches. */
export interface Journal {
  readonly writable: boolean;
  readonly changes: Pulse;
  /** Id of the record that changed last. */
  readonly lastChanged: () => string | null;
  /** Told of every record once it is durable. */
  onWritten(listener: (record: OperationRecord) => void): void;
  append(record: OperationRecord): Promise<void>;
  /** Replaces a record by its change; refuses to bring a finished write back to `writing`. */
  update(id: string, change: (record: OperationRecord) => OperationRecord): Promise<OperationRecord>;
  read(id: string): Promise<OperationRecord | null>;
  list: JournalStore['list'];
  /** Operations on one connection as marks, oldest first. */
  marks(connectionTitle: string, from: number): Promise<readonly Mark[]>;
}

/** Wraps the host's store. Updates of one record are serialised, so that two rungs never overwrite each other. */
export function createJournal(ports: Pick<Ports, 'journal' | 'log'>): Journal {
  const store = ports.journal;
  const changes = createPulse();
  const queues = new Map<string, Promise<unknown>>();
  let lastChanged: string | null = null;

  const listeners: ((record: OperationRecord) => void)[] = [];

  function tell(record: OperationRecord): void {
    lastChanged = record.id;
    for (const listener of listeners) listener(record);
    changes.bump();
  }

  return {
    writable: store.writable,
    changes,
    lastChanged: () => lastChanged,
    onWritten: (listener) => void listeners.push(listener),
    async append(record) {
      await store.append(record);
      tell(record);
    },
    update(id, change) {
      const run = async () => {
        const record = await store.read(id);
        if (record === null) throw new Error(`The journal has no operation ${id}.`);
        const next = settled(change(record));
        await store.update(next);
        tell(next);
        return next;
      };
      const result = (queues.get(id) ?? Promise.resolve()).then(run, run);
      queues.set(
        id,
        result.catch(() => undefined),
      );
      return result;
    },
    read: (id) => store.read(id),
    list: (filter) => store.list(filter),
    async marks(connectionTitle, from) {
      const records = await store.list({ connectionTitle, from, states: ['written', 'unknown'], limit: 200 });
      return records
        .map((record) => ({
          at: record.at,
          kind: 'operation' as const,
          title: markTitle(record),
          serviceId: record.serviceId,
          operationId: record.id,
        }))
        .reverse();
    },
  };
}

/** "v2 5 %" for a shift: the destination whose weight moved most, the last one where several moved alike. */
function markTitle(record: OperationRecord): string {
  if (record.operation.kind !== 'setWeights' || record.expectation.kind !== 'shares') return record.title;
  const { weights, seen } = record.operation;
  const total = weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);
  if (total === 0) return record.title;
  let moved = 0;
  const change = (i: number) => Math.abs((weights[i] ?? 0) - (seen.weights[i] ?? 0));
  for (let i = 1; i < weights.length; i += 1) if (change(i) >= change(moved)) moved = i;
  const destination = record.expectation.destinations[moved];
  const title = destination?.version ?? destination?.subset ?? destination?.host ?? record.serviceName;
  return `${title} ${Math.round(((weights[moved] ?? 0) / total) * 100)} %`;
}
