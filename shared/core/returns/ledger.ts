import type { OperationRecord } from '../../model/record.ts';
import type { Journal } from '../journal.ts';
import { createPulse, type Pulse } from '../pulse.ts';
import { isHolding } from './states.ts';

/** Every operation of which something is held or watched, as the journal has it. */
export interface Ledger {
  readonly changes: Pulse;
  /** Reads what earlier runs left open. */
  load(): Promise<void>;
  all(): readonly OperationRecord[];
}

/** More than anybody can hold at once. */
const most = 1_000;

/** Follows the journal, so that no one has to search it again and again. */
export function createLedger(journal: Journal): Ledger {
  const open = new Map<string, OperationRecord>();
  const changes = createPulse();

  function take(record: OperationRecord): void {
    const had = open.has(record.id);
    if (isHolding(record)) open.set(record.id, record);
    else open.delete(record.id);
    if (had || open.has(record.id)) changes.bump();
  }

  journal.onWritten(take);
  return {
    changes,
    async load() {
      for (const record of await journal.list({ holding: true, limit: most }))
        if (!open.has(record.id)) take(record);
    },
    all: () => [...open.values()],
  };
}
