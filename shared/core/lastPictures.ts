import { timesIn } from '../analysis/times.ts';
import type { GraphCall, GraphService, LastPicture } from '../model/graph.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { Ports } from './ports.ts';
import type { Pulse } from './pulse.ts';
import type { SettingsKeeper } from './settings.ts';

/** Keeps the map of each connection, and stands in with it until something of the connection answers. */
export interface LastPictures {
  /** Begins to read what was kept of a connection. */
  follow(connection: LiveConnection): void;
  /** The kept map while nothing has been heard yet; null as soon as something was, or when none is kept. */
  standIn(connection: LiveConnection): LastPicture | null;
  /** Notes the present map; writes it at most once a minute, and only when it changed. */
  keep(connection: LiveConnection, services: readonly GraphService[], calls: readonly GraphCall[]): void;
  /** "prod: nothing answers yet; the map is as it was on …". */
  say(connection: LiveConnection, picture: LastPicture): string;
}

const writeEveryMs = 60_000;

export function createLastPictures(
  ports: Pick<Ports, 'pictures' | 'clock' | 'log'>,
  changes: Pulse,
  settings: Pick<SettingsKeeper, 'current'>,
): LastPictures {
  const kept = new Map<LiveConnection, LastPicture | null>();
  const written = new Map<string, { at: number; shape: string }>();

  return {
    follow(connection) {
      if (kept.has(connection)) return;
      kept.set(connection, null);
      ports.pictures.read(connection.title).then(
        (picture) => {
          if (connection.closed.aborted) return;
          kept.set(connection, picture);
          if (picture !== null) changes.bump();
        },
        (thrown: unknown) => ports.log.warn('the last map could not be read', { why: String(thrown) }),
      );
      connection.closed.addEventListener('abort', () => kept.delete(connection), { once: true });
    },
    standIn(connection) {
      return connection.observations().length > 0 ? null : (kept.get(connection) ?? null);
    },
    keep(connection, services, calls) {
      if (connection.observations().length === 0) return;
      const now = ports.clock.now();
      const last = written.get(connection.title);
      if (last !== undefined && now - last.at < writeEveryMs) return;
      const shape = JSON.stringify([services, calls]);
      written.set(connection.title, { at: now, shape });
      if (last?.shape === shape) return;
      ports.pictures
        .write(connection.title, { at: now, services: [...services], calls: [...calls] })
        .catch((thrown: unknown) => ports.log.warn('the map could not be kept', { why: String(thrown) }));
    },
    say(connection, { at }) {
      const { day, clock } = timesIn(settings.current.timeZone);
      return `${connection.title}: nothing answers yet; the map is as it was on ${day(at)} at ${clock(at)}`;
    },
  };
}
