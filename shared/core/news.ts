import { formatPercent } from '../analysis/formats.ts';
import { writeLink } from '../model/deepLink.ts';
import type { AlertBoard } from '../model/alert.ts';
import type { Canary, Holding } from '../model/watch.ts';
import { followAlerts } from './alertNews.ts';
import type { Journal } from './journal.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { News, Ports } from './ports.ts';
import type { SettingsKeeper } from './settings.ts';

/** So long before its end a trip is told of: long enough to make it longer. */
const soonMs = 60_000;
/** The end of a trip that lasts no longer than this is no surprise to whoever made it just now. */
const shortMs = 180_000;
const tickMs = 2_000;
/** A service that fails for less is not worth waking somebody. */
const steadyMs = 20_000;
/** One telling of services in so long: what else begins to fail meanwhile comes with the next. */
const apartMs = 60_000;
const longestTitle = 80;
const longestText = 280;

interface NewsParts {
  readonly ports: Pick<Ports, 'clock' | 'log' | 'notify'>;
  readonly settings: SettingsKeeper;
  readonly journal: Pick<Journal, 'read'>;
  readonly connections: () => Iterable<LiveConnection>;
  /** Services that fail now, as far as somebody reads figures. */
  readonly failing: () => readonly FailingService[];
  readonly holdings: (signal: AbortSignal) => AsyncIterable<readonly Holding[]>;
  readonly canaries: (signal: AbortSignal) => AsyncIterable<readonly Canary[]>;
  readonly alerts: (signal: AbortSignal) => AsyncIterable<AlertBoard>;
}

/** A service whose health is failing, where it is, and how badly. */
export interface FailingService {
  readonly id: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly connectionTitle: string;
  readonly errorRatio: number | null;
}

/** Tells the host what somebody who looks elsewhere should know; nothing where the host shows nothing. */
export function tellNews(parts: NewsParts): Disposable {
  const { ports } = parts;
  const stop = new AbortController();
  const { notify } = ports;
  if (notify !== undefined) {
    const tell = (news: News): void =>
      notify({ ...news, title: plain(news.title, longestTitle), text: plain(news.text, longestText) });
    const run = (of: string, following: Promise<void>): void =>
      void following.catch((thrown: unknown) => {
        if (!stop.signal.aborted) ports.log.error('nothing is told any more', { of, why: String(thrown) });
      });
    run('holdings', followHoldings(parts, tell, stop.signal));
    run('canaries', followCanaries(parts, tell, stop.signal));
    run('failing services', followTrouble(parts, tell, stop.signal));
    const alertParts = {
      clock: ports.clock,
      settings: parts.settings,
      alerts: parts.alerts,
      linkTo: (serviceId: string | null) => linkTo(parts, null, serviceId, ports.clock.now()),
    };
    run('alerts', followAlerts(alertParts, tell, stop.signal));
  }
  return { [Symbol.dispose]: () => stop.abort(new Error('closed')) };
}

type Tell = (news: News) => void;

async function followHoldings(parts: NewsParts, tell: Tell, signal: AbortSignal): Promise<void> {
  const { ports, settings, journal } = parts;
  let held = new Map<string, Holding>();
  const toldOf = new Set<string>();
  const isOn = (): boolean => settings.current.notifications.own;
  await Promise.all([followHeld(), lookAtTheClock()]);

  async function followHeld(): Promise<void> {
    let isFirst = true;
    for await (const all of parts.holdings(signal)) {
      const now = new Map(all.map((one) => [`${one.operationId} ${one.kind}`, one]));
      for (const [key, one] of now) {
        const state = `${key} ${one.state}`;
        if ((one.state !== 'stuck' && one.state !== 'changed') || toldOf.has(state)) continue;
        toldOf.add(state);
        if (!isOn()) continue;
        const what = one.kind === 'watch' ? 'A change was not taken back' : 'A trip was not ended';
        tell({ title: what, text: `${one.title}. ${one.note}`, link: linkOf(one) });
      }
      for (const [key, one] of held) {
        if (now.has(key) || isFirst || !isOn()) continue;
        await tellEnd(one, tell).catch((thrown: unknown) =>
          ports.log.warn('an end was not told', { operation: one.operationId, why: String(thrown) }),
        );
      }
      held = now;
      isFirst = false;
    }
  }

  async function tellEnd(one: Holding, to: Tell): Promise<void> {
    const record = await journal.read(one.operationId);
    const by = one.kind === 'watch' ? record?.watch : record?.hold;
    if (record === null || by == null) return;
    const isReturned = record.watch?.state === 'returned';
    const isLeft = one.kind !== 'watch' && record.hold?.leftBy != null;
    if (one.kind === 'watch' && record.watch?.state === 'stopped') return;
    // Who ends one by hand looks at it.
    if (one.kind !== 'watch' && ports.clock.now() < one.until - tickMs && !isReturned) return;
    const title =
      one.kind === 'watch'
        ? isReturned
          ? 'A change was taken back'
          : 'A change was watched to its end'
        : isLeft
          ? 'A trip was left in force'
          : 'A trip ended';
    const why = one.kind === 'watch' || isLeft ? by.note : '';
    to({ title, text: why === '' ? one.title : `${one.title}. ${why}`, link: linkOf(one) });
  }

  /** A deadline passes without anything being told. */
  async function lookAtTheClock(): Promise<void> {
    while (!signal.aborted) {
      for (const one of held.values()) {
        const left = one.until - ports.clock.now();
        const key = `${one.operationId} ${one.kind} soon`;
        if (one.kind === 'watch' || one.state !== 'held' || left > soonMs || left <= 0 || toldOf.has(key))
          continue;
        toldOf.add(key);
        if (!isOn() || (await isShort(one))) continue;
        tell({ title: 'A trip ends within a minute', text: one.title, link: linkOf(one) });
      }
      await ports.clock.sleep(tickMs, signal).catch(() => undefined);
    }
  }

  /** One that cannot be read may be long. */
  async function isShort({ operationId }: Holding): Promise<boolean> {
    const record = await journal.read(operationId).catch(() => null);
    return record?.hold != null && record.hold.until - record.at <= shortMs;
  }

  function linkOf({ serviceId, connection }: Holding): string | null {
    return linkTo(parts, connection.title, serviceId, ports.clock.now());
  }
}

async function followCanaries(parts: NewsParts, tell: Tell, signal: AbortSignal): Promise<void> {
  const { ports, settings } = parts;
  let before: ReadonlyMap<string, Canary['state']> | null = null;
  for await (const all of parts.canaries(signal)) {
    for (const { id, state, title, note, serviceId, connectionTitle } of all) {
      const was = before?.get(id);
      if (before === null || was === state || (was === undefined && state === 'running')) continue;
      const what = canaryWords[state];
      if (what === null || !settings.current.notifications.own) continue;
      tell({
        title: what,
        text: note === '' ? title : `${title}. ${note}`,
        link: linkTo(parts, connectionTitle, serviceId, ports.clock.now()),
      });
    }
    before = new Map(all.map(({ id, state }) => [id, state]));
  }
}

const canaryWords: Readonly<Record<Canary['state'], string | null>> = {
  running: null,
  paused: 'A canary waits for you',
  stuck: 'A canary is stuck',
  finished: 'A canary is finished',
  takenBack: 'A canary was taken back',
};

/** Only what is read anyway: nobody is asked for the sake of a telling. */
async function followTrouble(parts: NewsParts, tell: Tell, signal: AbortSignal): Promise<void> {
  const { clock } = parts.ports;
  const since = new Map<string, number>();
  const toldOf = new Set<string>();
  let toldAt = -Infinity;
  while (!signal.aborted) {
    const isOn = parts.settings.current.notifications.failing;
    const now = clock.monotonic();
    const failing = isOn ? parts.failing() : [];
    const ids = new Set(failing.map(({ id }) => id));
    for (const id of since.keys()) if (!ids.has(id)) since.delete(id);
    for (const id of toldOf) if (!ids.has(id)) toldOf.delete(id);
    for (const { id } of failing) if (!since.has(id)) since.set(id, now);
    const fresh = failing.filter(({ id }) => now - (since.get(id) ?? now) >= steadyMs && !toldOf.has(id));
    if (fresh.length > 0 && now - toldAt >= apartMs) {
      toldAt = now;
      for (const { id } of fresh) toldOf.add(id);
      tell(failingNews(fresh, clock.now()));
    }
    await clock.sleep(tickMs, signal).catch(() => undefined);
  }
}

/** "3 services failing in shop-prod": "worst payment 38 %". */
function failingNews(all: readonly FailingService[], now: number): News {
  const worst = all.toSorted((a, b) => (b.errorRatio ?? -1) - (a.errorRatio ?? -1))[0];
  const places = [...new Set(all.map(({ connectionTitle }) => connectionTitle))];
  const where = places.length === 1 ? ` in ${places[0]}` : ` in ${places.length} systems`;
  const title =
    all.length === 1
      ? `${worst?.name ?? 'A service'} is failing${where}`
      : `${all.length} services failing${where}`;
  const share = worst?.errorRatio == null ? '' : ` ${formatPercent(worst.errorRatio)} of its calls fail`;
  const text = all.length === 1 ? share.trim() : `worst ${worst?.name ?? ''}:${share}`;
  return {
    title,
    text,
    link:
      worst === undefined
        ? null
        : writeLink({
            context: worst.connectionTitle,
            namespace: worst.namespace,
            service: worst.name,
            at: now,
          }),
  };
}

function linkTo(
  { connections }: Pick<NewsParts, 'connections'>,
  title: string | null,
  serviceId: string | null,
  at: number,
): string | null {
  if (serviceId === null) return null;
  for (const connection of connections()) {
    const service = connection.topology().service(serviceId);
    if (service === undefined) continue;
    const { namespace, name } = service;
    return writeLink({ context: title ?? connection.title, namespace, service: name, at });
  }
  return null;
}

/** Notification daemons may read markup, and names are whoever's who may write them. */
function plain(text: string, longest: number): string {
  const safe = text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('&', '＆')
    .trim();
  return safe.length <= longest ? safe : `${safe.slice(0, longest - 1)}…`;
}
