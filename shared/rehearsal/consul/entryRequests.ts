import { isDeepStrictEqual } from 'node:util';
import { brokenBy, brokenWithout } from './brokenRules.ts';
import { isKind, misreadOf, normalised, shownEntry } from './entryRules.ts';
import { denied, json, parsed, type Asking, type Reply, type Route } from './replies.ts';
import type { Fields } from './state.ts';

/** Whose right an entry is read and written by: the service's own, and the operator's where it is everybody's. */
function deniedEntry(asking: Asking, kind: string, name: string, access: 'read' | 'write'): Reply | null {
  if (kind === 'service-intentions') return denied(asking, 'intention', access, name);
  // Anybody may read the defaults of all proxies.
  if (kind === 'proxy-defaults') return access === 'read' ? null : denied(asking, 'operator', access, '');
  return denied(asking, 'service', access, name);
}

/** `GET /v1/config/KIND` */
export function readEntries(
  at: (
    table: 'config',
    answer: (asking: Asking) => { readonly body: unknown; readonly filtered: boolean },
  ) => Route,
  plain: (answer: () => Reply) => Route,
  kind: string,
): Route {
  if (!isKind(kind)) return plain(() => ({ status: 500, text: `invalid config entry kind: ${kind}` }));
  return at('config', (asking) => {
    const all = asking.state.entries(kind);
    const seen = all.filter(({ name }) => deniedEntry(asking, kind, name, 'read') === null);
    return { body: seen.map(shownEntry), filtered: seen.length < all.length };
  });
}

/** `GET /v1/config/KIND/NAME` */
export function readEntry(asking: Asking, kind: string, name: string): Reply {
  const entry = asking.state.entry(kind, name);
  const refused = deniedEntry(asking, kind, name, 'read');
  if (refused !== null) return refused;
  if (entry !== undefined) return json(shownEntry(entry));
  const what = `${JSON.stringify(kind)} / ${JSON.stringify(name)}`;
  return { status: 404, text: `Config entry not found for ${what}` };
}

/** `PUT /v1/config`: a refused compare-and-set is 200 and `false`; one that would change nothing is `true` all the same. */
export function putEntry(asking: Asking, query: URLSearchParams, body: string): Reply {
  const given = parsed(body);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { status: 400, text: 'Request decoding failed: EOF' };
  const misread = misreadOf({ ...given });
  if (misread !== null) return { status: 400, text: misread };
  const content: Fields = normalised({ ...given });
  const kind = String(content['Kind']);
  const name = typeof content['Name'] === 'string' ? content['Name'] : '';
  const refused = deniedEntry(asking, kind, name, 'write');
  if (refused !== null) return refused;
  const broken = brokenBy(asking.state, content);
  if (broken !== null) return { status: 500, text: broken };
  const before = asking.state.entry(kind, name);
  const cas = query.get('cas');
  if (cas !== null && Number(cas) !== (before?.modifyIndex ?? 0))
    return json(before !== undefined && isDeepStrictEqual(before.content, content));
  asking.state.putEntry(kind, name, content);
  return json(true);
}

/** `DELETE /v1/config/KIND/NAME`: without a compare-and-set the answer says nothing, whether or not there was one. */
export function deleteEntry(asking: Asking, query: URLSearchParams, kind: string, name: string): Reply {
  const refused = deniedEntry(asking, kind, name, 'write');
  if (refused !== null) return refused;
  const cas = query.get('cas');
  const before = asking.state.entry(kind, name);
  // What is gone is taken for deleted, whatever index was sent.
  if (cas !== null && before !== undefined && Number(cas) !== before.modifyIndex) return json(false);
  const broken = brokenWithout(asking.state, kind, name);
  if (broken !== null) return { status: 500, text: broken };
  asking.state.removeEntry(kind, name);
  return json(cas === null ? {} : true);
}
