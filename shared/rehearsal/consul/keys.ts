import { mayDo, sayDenied, type ConsulUser } from './access.ts';
import type { ConsulState, Fields, Pair } from './state.ts';

/** A pair as reads show it; its value in base64. */
export const shownPair = (
  { key, value, flags, createIndex, modifyIndex }: Pair,
  withValue = true,
): Fields => ({
  LockIndex: 0,
  Key: key,
  Flags: flags,
  Value: withValue ? Buffer.from(value).toString('base64') : null,
  CreateIndex: createIndex,
  ModifyIndex: modifyIndex,
});

/** Compare-and-set of one key: 0 means that there must be none. */
export const casHolds = (pair: Pair | undefined, cas: string | null): boolean =>
  cas === null || Number(cas) === (pair?.modifyIndex ?? 0);

/** `/v1/txn`: all of it or nothing. Null is what is no transaction. */
export function transact(
  state: ConsulState,
  user: ConsulUser,
  body: unknown,
): { readonly status: number; readonly body: object } | null {
  if (!Array.isArray(body)) return null;
  const steps = body.map((one: unknown) => (one as { readonly KV?: Fields } | null)?.KV);
  if (steps.some((step) => typeof step?.['Key'] !== 'string')) return null;
  const odd = steps.findIndex((step) => !verbs.has(String(step?.['Verb'])));
  // What Consul does not understand it refuses before it looks at anything else.
  if (odd >= 0)
    return {
      status: 409,
      body: {
        Results: null,
        Errors: [{ OpIndex: odd, What: `unknown KV operation: ${String(steps[odd]?.['Verb'])}` }],
      },
    };
  const errors = steps.flatMap((step, OpIndex) => {
    const what = step === undefined ? null : refusal(state, user, step);
    return what === null ? [] : [{ OpIndex, What: what }];
  });
  if (errors.length > 0) return { status: 409, body: { Results: null, Errors: errors } };
  const results = steps.flatMap((step) => (step === undefined ? [] : carryOut(state, step)));
  return { status: 200, body: { Results: results, Errors: null } };
}

const verbs: ReadonlySet<string> = new Set([
  ...['set', 'cas', 'delete', 'delete-cas', 'delete-tree'],
  ...['get', 'get-or-empty', 'get-tree', 'check-index', 'check-not-exists'],
]);

function refusal(state: ConsulState, user: ConsulUser, step: Fields): string | null {
  const key = String(step['Key']);
  const verb = String(step['Verb']);
  const access = ['get', 'get-or-empty', 'check-index', 'check-not-exists', 'get-tree'].includes(verb)
    ? 'read'
    : 'write';
  if (!mayDo(user, 'key', access, key)) return sayDenied(user, 'key', access, key);
  const pair = state.pair(key);
  const stale = (pair?.modifyIndex ?? 0) !== Number(step['Index'] ?? 0);
  const quoted = JSON.stringify(key);
  switch (verb) {
    case 'set':
    case 'delete':
      return null;
    case 'cas':
      return stale ? `failed to set key ${quoted}, index is stale` : null;
    case 'delete-cas':
      // What is gone is taken for deleted.
      return stale && pair !== undefined ? `failed to delete key ${quoted}, index is stale` : null;
    case 'check-index':
      if (pair === undefined) return `key ${quoted} doesn't exist`;
      return stale
        ? `failed index check for key ${quoted}, current modify index ${pair.modifyIndex} != ${String(step['Index'])}`
        : null;
    case 'get':
      return pair === undefined ? `key ${quoted} doesn't exist` : null;
    case 'check-not-exists':
      return pair === undefined ? null : `key ${quoted} exists`;
    default:
      return null;
  }
}

function carryOut(state: ConsulState, step: Fields): Fields[] {
  const key = String(step['Key']);
  switch (step['Verb']) {
    case 'set':
    case 'cas': {
      const value = Buffer.from(typeof step['Value'] === 'string' ? step['Value'] : '', 'base64').toString(
        'utf8',
      );
      return [{ KV: shownPair(state.putPair(key, value, Number(step['Flags'] ?? 0)), false) }];
    }
    case 'delete':
    case 'delete-cas':
      state.removePair(key);
      return [];
    case 'delete-tree':
      for (const pair of state.pairs(key)) state.removePair(pair.key);
      return [];
    case 'get-tree':
      return state.pairs(key).map((pair) => ({ KV: shownPair(pair) }));
    case 'get':
    case 'get-or-empty': {
      const pair = state.pair(key);
      return pair === undefined ? [] : [{ KV: shownPair(pair) }];
    }
    case 'check-index': {
      const pair = state.pair(key);
      return pair === undefined ? [] : [{ KV: shownPair(pair, false) }];
    }
    default:
      return [];
  }
}
