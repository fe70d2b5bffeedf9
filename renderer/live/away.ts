import { create } from 'zustand';
import type { Absence, AwaySummary } from '../../shared/model/away.ts';
import { type ConsoleClient, useLink } from '../client/link.ts';
import { watchWhileSeen, wordsOfError } from '../client/watch.ts';

/** What happened to one connection in a time in which nobody looked: being read, read, or why it could not be. */
export interface Away {
  readonly absence: Absence;
  readonly summary: AwaySummary | null;
  /** Whether it is to be read once more; what was read before is shown meanwhile. */
  readonly again: boolean;
  readonly problem: string | null;
}

interface AwayState {
  /** By connection. */
  readonly all: readonly Away[];
  readonly shown: boolean;
}

export const useAway = create<AwayState>(() => ({ all: [], shown: false }));

/** So many are read at once: each costs its peers queries over hours. */
const atOnce = 2;

/** What is being read, by absence. */
const underWay = new Map<string, { readonly client: ConsoleClient; readonly stop: AbortController }>();

/** Listens to times in which nobody looked, and reads what happened in each, once. */
export function watchAway(): () => void {
  const stop = watchWhileSeen((client, signal) => client.away.watch(undefined, { signal }), {
    onStart: readAnew,
    onValue: take,
  });
  return () => {
    stop();
    stopReading(() => true);
  };
}

/** What is closed is not read to its end; it can be shown again. */
export function closeAway(): void {
  stopReading(() => true);
  useAway.setState({ shown: false });
  // A console that did not hear it shows it once more.
  useLink
    .getState()
    .client?.away.close()
    .catch(() => undefined);
}

/** Shows it again, and reads what was not read to its end, or only in part. */
export function showAway(): void {
  useAway.setState(({ all }) => ({
    shown: true,
    all: all.map((one) => ({ ...one, again: one.again || isPartial(one.summary) })),
  }));
  readAnew();
}

/** Reads again what could not be read. */
export function tryAwayAgain(absence: Absence): void {
  set(absence, { problem: null });
  readMissing();
}

const isPartial = (summary: AwaySummary | null): boolean =>
  summary !== null && (!summary.counted || summary.problems.length > 0);

const keyOf = ({ connectionId, from, to }: Absence): string => `${connectionId} ${from} ${to}`;

function set(absence: Absence, part: Partial<Away>): void {
  useAway.setState(({ all }) => ({
    all: all.map((one) => (keyOf(one.absence) === keyOf(absence) ? { ...one, ...part } : one)),
  }));
}

function stopReading(isMeant: (key: string, client: ConsoleClient) => boolean): void {
  for (const [key, { client, stop }] of underWay) {
    if (!isMeant(key, client)) continue;
    underWay.delete(key);
    stop.abort();
  }
}

function take(absences: readonly Absence[]): void {
  const known = new Map(useAway.getState().all.map((one) => [keyOf(one.absence), one]));
  const all = absences.map((absence) => ({
    ...(known.get(keyOf(absence)) ?? { summary: null, again: false, problem: null }),
    absence,
  }));
  const isNew = all.some(({ absence }) => !absence.closed && !known.has(keyOf(absence)));
  useAway.setState(({ shown }) => ({ all, shown: all.length > 0 && (shown || isNew) }));
  const keys = new Set(absences.map(keyOf));
  stopReading((key) => !keys.has(key));
  readMissing();
}

/** What failed before may be there by now; a line that was lost answers nothing any more. */
function readAnew(): void {
  const current = useLink.getState().client;
  stopReading((_, client) => client !== current);
  useAway.setState(({ all }) => ({ all: all.map((one) => ({ ...one, problem: null })) }));
  readMissing();
}

/** What is shown and is to be read and not being read, a few at once. */
function readMissing(): void {
  const { client } = useLink.getState();
  const { all, shown } = useAway.getState();
  if (client === null || !shown) return;
  for (const { absence, summary, again, problem } of all) {
    if (underWay.size >= atOnce) return;
    const isMissing = (summary === null || again) && problem === null;
    if (isMissing && !underWay.has(keyOf(absence))) void read(client, absence);
  }
}

async function read(client: ConsoleClient, absence: Absence): Promise<void> {
  const stop = new AbortController();
  underWay.set(keyOf(absence), { client, stop });
  const { connectionId, from, to } = absence;
  const part = await client.away.read({ connectionId, from, to }, { signal: stop.signal }).then(
    (summary): Partial<Away> => ({ summary, again: false }),
    (error: unknown): Partial<Away> => ({ problem: wordsOfError(error) }),
  );
  if (stop.signal.aborted) return;
  underWay.delete(keyOf(absence));
  set(absence, part);
  readMissing();
}
