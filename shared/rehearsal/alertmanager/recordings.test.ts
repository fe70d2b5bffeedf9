import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answer } from './server.ts';
import { createAlertmanagerState } from './state.ts';

interface Recording {
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly body: unknown };
}

const folder = new URL('../../../test/fixtures/alertmanager/', import.meta.url);
const recording = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Recording;

/** In the order in which test/peers/record/alertmanager.ts asked: writes change what later reads show. */
const inOrder = [
  'status', 'alerts-none', 'silences-none', 'alerts-posted', 'alerts-refused-nameless', 'alerts',
  'alerts-filtered', 'alerts-bad-filter', 'silence-past', 'silence-over', 'silence-matchless', 'silence-all-empty',
  'silence-bad-regex', 'silence-endless', 'silence-no-comment', 'silence-nonsense', 'silence-made', 'silence',
  'silences', 'alerts-silenced', 'silence-expired', 'silence-after', 'silence-expired-again', 'silence-unknown',
  'silence-no-id', 'silence-unknown-expired', 'unknown', 'former',
]; // prettier-ignore
/** Not simulated: the API that newer versions lack. What is said of bad JSON is Go's own. */
const apart = new Set(['former', 'silence-nonsense']);

test('the simulator answers as the real Alertmanager did, step by step', () => {
  expect(
    readdirSync(folder)
      .map((file) => file.replace('.json', ''))
      .sort(),
  ).toEqual([...inOrder].sort());
  let now = Date.parse('2026-01-31T14:00:00Z');
  const state = createAlertmanagerState(() => now);
  /** Ids of silences, as they were recorded and as they are here. */
  const ids = new Map<string, string>();
  for (const name of inOrder.filter((one) => !apart.has(one))) {
    const { request, response } = recording(name);
    now += 10;
    const sent = shifted(request.body, name, now);
    const url = new URL(renamed(request.path, ids), 'http://here');
    const said = answer(
      {
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        body: typeof sent === 'string' ? sent : JSON.stringify(sent ?? null),
        headers: {},
      },
      state,
    );
    const recorded = idIn(response.body);
    if (recorded !== null) ids.set(recorded, idIn(said.body) ?? '');
    // What was made only to be ended at once.
    if (name === 'silence-no-comment') state.expire(idIn(said.body) ?? '');
    expect([name, said.status]).toEqual([name, response.status]);
    const wanted = response.body === '' ? undefined : response.body;
    expect([name, shapeOf(said.body)]).toEqual([
      name,
      shapeOf(JSON.parse(renamed(JSON.stringify(wanted ?? null), ids)) ?? undefined),
    ]);
  }
});

const idIn = (body: unknown): string | null =>
  (body as { readonly silenceID?: string } | null | undefined)?.silenceID ?? null;

const renamed = (text: string, ids: ReadonlyMap<string, string>): string =>
  [...ids].reduce((all, [from, to]) => all.replaceAll(from, to), text);

/** Times of the recording, as far from now as they were then. */
function shifted(body: unknown, name: string, now: number): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const at = { 'silence-past': [0, -60_000], 'silence-over': [-120_000, -60_000] }[name] ?? [0, 3_600_000];
  const [from = 0, until = 0] = at;
  return {
    ...body,
    ...('startsAt' in body ? { startsAt: new Date(now + from).toISOString() } : {}),
    ...('endsAt' in body ? { endsAt: new Date(now + until).toISOString() } : {}),
  };
}

/** Times and what tells builds apart are left out; all else must agree. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value;
  const free = ['startsAt', 'endsAt', 'updatedAt', 'uptime', 'original', 'branch', 'buildDate', 'buildUser'];
  const build = ['goVersion', 'revision'];
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      [...free, ...build].includes(key) ? typeof one : shapeOf(one),
    ]),
  );
}
