import { mayDo } from './access.ts';
import { casHolds, shownPair } from './keys.ts';
import { denied, json, type Asking, type Reply } from './replies.ts';

const longestValue = 524_288;
const sayTooLong = (bytes: number): string =>
  `Request body(${bytes} bytes) too large, max size: ${longestValue} bytes. See https://www.consul.io/docs/agent/config/config-files#kv_max_value_size.`;

/** `GET /v1/kv/KEY`: one, all below it, or only their names. */
export function readKeys({ state, user }: Asking, query: URLSearchParams, key: string): Reply {
  const readable = state.pairs(key).filter((pair) => mayDo(user, 'key', 'read', pair.key));
  if (query.has('keys')) {
    const names = [...new Set(readable.map((pair) => cutAt(pair.key, key.length, query.get('separator'))))];
    return names.length === 0 ? { status: 404, text: '' } : json(names);
  }
  const found = query.has('recurse') ? readable : readable.filter((pair) => pair.key === key);
  const [only] = found;
  if (only === undefined) {
    const refused = denied({ state, user }, 'key', 'read', key);
    return query.has('recurse') ? { status: 404, text: '' } : (refused ?? { status: 404, text: '' });
  }
  return query.has('raw') ? { status: 200, text: only.value } : json(found.map((pair) => shownPair(pair)));
}

/** A key up to the first separator behind the prefix that was asked for. */
function cutAt(key: string, from: number, separator: string | null): string {
  const at = separator === null || separator === '' ? -1 : key.indexOf(separator, from);
  return at < 0 ? key : key.slice(0, at + 1);
}

/** `PUT /v1/kv/KEY` */
export function putKey(asking: Asking, query: URLSearchParams, key: string, body: string): Reply {
  const refused = denied(asking, 'key', 'write', key);
  if (refused !== null) return refused;
  if (!casHolds(asking.state.pair(key), query.get('cas'))) return json(false);
  const bytes = Buffer.byteLength(body);
  if (bytes > longestValue) return { status: 413, text: sayTooLong(bytes) };
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
