import type { OperationRecord, Rung } from '../../shared/model/record.ts';

/** One step of the ladder. */
export const rungOf = (rung: Rung['rung'], state: Rung['state'], detail = ''): Rung => ({
  rung,
  state,
  detail,
  at: null,
});

/** A shift of payment as the journal holds it, written and still followed, but for what a test says. */
export const recordOf = (rest: Partial<OperationRecord> = {}): OperationRecord => ({
  id: 'o1',
  at: 0,
  planId: 'p1',
  operation: {
    kind: 'setWeights',
    splitId: 's',
    connectionId: 'c1',
    weights: [95, 5],
    seen: { revision: '7', weights: [70, 30] },
  },
  title: 'Shift payment',
  target: '',
  serviceId: null,
  serviceName: 'payment',
  connection: { id: 'c1', title: 'shop-prod', environment: 'production', server: '' },
  actor: 'ana',
  reason: '',
  changes: [],
  expectation: {
    kind: 'shares',
    splitId: 's',
    host: '',
    gateways: [],
    namespace: null,
    ambiguous: null,
    destinations: [],
  },
  state: 'written',
  revisionAfter: '8',
  error: null,
  noteProblem: null,
  told: null,
  rungs: [],
  effect: null,
  overrides: [],
  undoOf: null,
  undoneBy: null,
  writtenChanges: null,
  hold: null,
  watch: null,
  setId: null,
  set: null,
  canaryId: null,
  finishedAt: null,
  ...rest,
});
