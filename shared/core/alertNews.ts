import { anySignal } from '../connectors/kit/anySignal.ts';
import type { AlertBoard } from '../model/alert.ts';
import type { Clock, News } from './ports.ts';
import type { SettingsKeeper } from './settings.ts';

const tickMs = 2_000;
/** One telling in so long: what else begins to fire meanwhile comes with the next. */
const apartMs = 60_000;
const mostNamed = 3;

interface AlertNewsParts {
  readonly clock: Clock;
  readonly settings: SettingsKeeper;
  readonly alerts: (signal: AbortSignal) => AsyncIterable<AlertBoard>;
  /** Leads to a service of the map. */
  readonly linkTo: (serviceId: string | null) => string | null;
}

/** Tells of alerts that begin to fire, while the operator asks for it; nobody reads alerts for it otherwise. */
export async function followAlerts(
  parts: AlertNewsParts,
  tell: (news: News) => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock, settings } = parts;
  while (!signal.aborted) {
    if (!settings.current.notifications.alerts) {
      await settings.changes.after(settings.changes.count, signal).catch(() => undefined);
      continue;
    }
    const off = new AbortController();
    const until = anySignal([signal, off.signal]);
    void (async () => {
      while (!until.aborted) {
        await settings.changes.after(settings.changes.count, until).catch(() => undefined);
        if (!settings.current.notifications.alerts) off.abort(new Error('not wanted any more'));
      }
    })();
    await tellAlerts(until).finally(() => off.abort(new Error('over')));
  }

  async function tellAlerts(until: AbortSignal): Promise<void> {
    /** By source: what fires there and is no news any more. What fires at its first answer never was. */
    const known = new Map<string, ReadonlySet<string>>();
    let board: AlertBoard = { alerts: [], sources: [], problems: [] };
    let toldAt = -Infinity;
    await Promise.all([followBoard(), lookAtTheClock()]);

    async function followBoard(): Promise<void> {
      for await (board of parts.alerts(until)) look();
    }

    /** What had to wait is told in time, though the board may say nothing else meanwhile. */
    async function lookAtTheClock(): Promise<void> {
      while (!until.aborted) {
        look();
        await clock.sleep(tickMs, until).catch(() => undefined);
      }
    }

    function look(): void {
      const firing = board.alerts.filter(({ phase, asOf }) => phase === 'firing' && asOf === null);
      const there = new Set(board.sources.map(({ id }) => id));
      for (const id of known.keys()) if (!there.has(id)) known.delete(id);
      for (const { id, state } of board.sources) {
        // What one that is silent held before may fire still.
        if (state !== 'answers') continue;
        const own = new Set(firing.filter(({ sourceId }) => sourceId === id).map((one) => one.id));
        known.set(id, known.get(id)?.intersection(own) ?? own);
      }
      const fresh = firing.filter(({ id, sourceId }) => known.get(sourceId)?.has(id) === false);
      if (fresh.length === 0 || clock.monotonic() - toldAt < apartMs) return;
      toldAt = clock.monotonic();
      for (const { id, sourceId } of fresh) known.set(sourceId, new Set(known.get(sourceId)).add(id));
      tell(firingNews(fresh));
    }
  }

  function firingNews(fresh: AlertBoard['alerts']): News {
    const [first] = fresh;
    const names = [...new Set(fresh.map(({ name }) => name))];
    const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
    return {
      title: fresh.length === 1 ? `Alert ${first?.name ?? ''} fires` : `${fresh.length} alerts fire`,
      text:
        fresh.length === 1
          ? (first?.summary ?? first?.source ?? '')
          : `${names.slice(0, mostNamed).join(', ')}${more}`,
      link: parts.linkTo(first?.serviceId ?? null),
    };
  }
}
