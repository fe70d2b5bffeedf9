import { mayDo } from './access.ts';
import { casHolds, shownPair } from './keys.ts';
import { denied, json, type Asking, type Reply } from './replies.ts';

/** `GET /v1/kv/KEY`: one, all below it, or only their names. */
export function readKeys({ state, user }: Asking, query: URLSearchParams, key: string): Reply {
  const readable = state.pairs(key).filter((pair) => mayDo(user, 'key', 'read', pair.key));
  if (query.has('keys'))
    return readable.length === 0 ? { status: 404, text: '' } : json(readable.map((pair) => pair.key));
  const found = query.has('recurse') ? readable : readable.filter((pair) => pair.key === key);
  const [only] = found;
  if (only === undefined) {
    const refused = denied({ state, user }, 'key', 'read', key);
    return query.has('recurse') ? { status: 404, text: '' } : (refused ?? { status: 404, text: '' });
  }
  return query.has('raw') ? { status: 200, text: only.value } : json(found.map((pair) => shownPair(pair)));
}

/** `PUT /v1/kv/KEY` */
export function putKey(asking: Asking, query: URLSearchParams, key: string, body: string): Reply {
  const refused = denied(asking, 'key', 'write', key);
  if (refused !== null) return refused;
  if (!casHolds(asking.state.pair(key), query.get('cas'))) return json(false);
  asking.state.putPair(key, body, Number(query.get('flags') ?? 0));
  return json(true);
}

/** `DELETE /v1/kv/KEY` */
export function deleteKey(asking: Asking, query: URLSearchParams, key: string): Reply {
  const refused = denied(asking, 'key', 'write', key);
  if (refused !== null) return refused;
  if (query.has('recurse')) {
    for (const pair of asking.state.pairs(key)) asking.state.removePair(pair.key);
    return json(true);
  }
  if (query.has('cas') && !casHolds(asking.state.pair(key), query.get('cas'))) return json(false);
  asking.state.removePair(key);
  return json(true);
}
