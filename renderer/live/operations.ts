import { useEffect } from 'react';
import { create } from 'zustand';
import type { OperationRecord } from '../../shared/model/record.ts';
import { watch } from '../client/watch.ts';

/** Operations that this window follows, by id: those it applied and those it was asked to show. */
export const useOperations = create<{ readonly records: ReadonlyMap<string, OperationRecord> }>(() => ({
  records: new Map(),
}));

export function useOperation(id: string | null): OperationRecord | null {
  return useOperations((state) => (id === null ? null : (state.records.get(id) ?? null)));
}

const followed = new Map<string, () => void>();

/** Follows one operation up its ladder until it is finished; asking twice follows once. */
export function followOperation(operationId: string): void {
  if (followed.has(operationId)) return;
  const stop = watch((client, signal) => client.operations.watch({ operationId }, { signal }), {
    onValue: (record) => {
      useOperations.setState((state) => ({ records: new Map(state.records).set(record.id, record) }));
      // The effect is noted after the last rung: the stream is heard out until then.
      const isHeard = record.effect !== null || record.state === 'notWritten';
      if (record.finishedAt !== null && isHeard && !isHeldOrWatched(record)) finish();
    },
  });
  const finish = (): void => {
    followed.delete(operationId);
    stop();
  };
  followed.set(operationId, stop);
}

/** What is held or watched goes on to change after the write is done with. */
function isHeldOrWatched({ hold, watch: watched }: OperationRecord): boolean {
  return [hold?.state, watched?.state].some(
    (state) => state === 'held' || state === 'watching' || state === 'returning',
  );
}

/** One operation, followed while it is drawn even if this window did not begin it; null until it was heard of. */
export function useFollowed(id: string | null): OperationRecord | null {
  useEffect(() => {
    if (id !== null) followOperation(id);
  }, [id]);
  return useOperation(id);
}
