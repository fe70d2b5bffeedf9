import { describe, expect, test } from 'vitest';
import { anySignal } from '../../shared/connectors/kit/anySignal.ts';
import type { LogOf, LogPiece, LogRead, LogSource } from '../../shared/connectors/kit/logs.ts';
import { kubernetes, type KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { LogInstance } from '../../shared/model/log.ts';
import { hostOf } from './cluster.ts';

/** A cluster whose pods of one service write what a suite tells them. */
export interface LogsUnderTest extends AsyncDisposable {
  readonly settings: KubernetesSettings;
  /** Sees the service and its pods, and may not read a log. */
  readonly withoutRight: KubernetesSettings;
  readonly namespace: string;
  readonly service: string;
  /** One line each, now. */
  write(...texts: readonly string[]): Promise<void>;
}

type Line = Extract<LogPiece, { readonly kind: 'line' }>;
const newest: LogRead = { previous: false, follow: false, sinceAt: null, lines: 100 };
const patience = (): AbortSignal => AbortSignal.timeout(20_000);

/** What every source of logs does, whoever serves them. */
export function logsConformance(name: string, start: () => Promise<LogsUnderTest>): void {
  describe(`logs of ${name}`, () => {
    test('are found by the service, each instance with its containers', async () => {
      await using here = await opened(start);
      expect(here.instances.length).toBeGreaterThan(0);
      const [first] = here.instances;
      expect(first?.usual).toBe(first?.containers[0]?.name);
      expect(first?.containers[0]).toMatchObject({ kind: 'app' });
    });

    test('give the newest lines with the times at which they were written', async () => {
      await using here = await opened(start);
      const before = Date.now() - 2_000;
      await here.cluster.write('one', 'two', 'three');
      const lines = await here.read({ ...newest, lines: 2 });
      expect(lines.map(({ text }) => text)).toEqual(['two', 'three']);
      for (const { at } of lines) expect(at).toBeGreaterThan(before);
    });

    test('begin at a time, with the first lines from then on', async () => {
      await using here = await opened(start);
      await here.cluster.write('long ago');
      const from = Date.now() + 1;
      await laterThan(from + 2);
      await here.cluster.write('one', 'two', 'three');
      const pieces = await here.pieces({ ...newest, sinceAt: from, lines: 2 });
      expect(textsOf(pieces)).toEqual(['one', 'two']);
      expect(pieces.at(-1)).toMatchObject({ kind: 'note', tone: 'calm' });
    });

    test('are followed: what was there first, then each new line once', async () => {
      await using here = await opened(start);
      await here.cluster.write('before');
      const told: LogPiece[] = [];
      const stop = new AbortController();
      const signal = anySignal([stop.signal, patience()]);
      try {
        for await (const pieces of here.source.read(here.of, { ...newest, follow: true, lines: 1 }, signal)) {
          told.push(...pieces);
          if (pieces.some(({ kind }) => kind === 'caughtUp')) await here.cluster.write('after 1', 'after 2');
          if (textsOf(told).includes('after 2')) break;
        }
      } finally {
        stop.abort();
      }
      expect(textsOf(told)).toEqual(['before', 'after 1', 'after 2']);
      expect(told.findIndex(({ kind }) => kind === 'caughtUp')).toBe(1);
    });

    test('cut a line of a megabyte, and give it whole when it is asked for', async () => {
      await using here = await opened(start);
      const long = `start ${'x'.repeat(900_000)} end`;
      await here.cluster.write('short', long);
      const [, line] = await here.read({ ...newest, lines: 2 });
      expect(line?.text.length).toBeLessThanOrEqual(4_000);
      expect((line?.text.length ?? 0) + (line?.missingChars ?? 0)).toBe(long.length);
      const cut = { stamp: line?.stamp ?? '', text: line?.text ?? '' };
      const whole = await here.source.line(here.of, cut, { previous: false }, patience());
      expect(whole === long).toBe(true);
      expect(
        await here.source.line(
          here.of,
          { ...cut, stamp: '2020-01-01T00:00:00Z' },
          { previous: false },
          patience(),
        ),
      ).toBeNull();
    });

    test('hand escape sequences on as text, and no byte that is not UTF-8', async () => {
      await using here = await opened(start);
      const hostile = '\u001b[31mred\u001b[0m \u001b]52;c;aGk=\u0007 \u202egnp';
      await here.cluster.write(hostile);
      expect((await here.read({ ...newest, lines: 1 }))[0]?.text).toBe(hostile);
    });

    test('say that the right to read them is missing', async () => {
      await using here = await opened(start, 'withoutRight');
      expect(here.instances.length).toBeGreaterThan(0);
      await expect(here.pieces(newest)).rejects.toMatchObject({
        kind: 'forbidden',
        message: expect.stringContaining('pods/log'),
      });
    });

    test('of an instance that is not there are not found', async () => {
      await using here = await opened(start);
      const gone = here.source.read({ ...here.of, instance: 'nobody' }, newest, patience());
      await expect(collect(gone)).rejects.toMatchObject({ kind: 'notFound' });
    });
  });
}

interface Opened extends AsyncDisposable {
  readonly cluster: LogsUnderTest;
  readonly source: LogSource;
  readonly instances: readonly LogInstance[];
  readonly of: LogOf;
  pieces(how: LogRead): Promise<readonly LogPiece[]>;
  read(how: LogRead): Promise<readonly Line[]>;
}

async function opened(
  start: () => Promise<LogsUnderTest>,
  who: 'settings' | 'withoutRight' = 'settings',
): Promise<Opened> {
  const cluster = await start();
  const { namespace, service } = cluster;
  const session = await kubernetes.open(cluster[who], hostOf());
  const source = session.logs;
  if (source === undefined) throw new Error('the session has no logs');
  const instances = await source.instances({ namespace, name: service, hosts: [] }, patience());
  const [first] = instances;
  const of = { namespace, instance: first?.name ?? '', container: first?.usual ?? '' };
  const pieces = (how: LogRead): Promise<LogPiece[]> => collect(source.read(of, how, patience()));
  return {
    cluster,
    source,
    instances,
    of,
    pieces,
    read: async (how) => (await pieces(how)).filter((piece) => piece.kind === 'line'),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

async function collect(stream: AsyncIterable<readonly LogPiece[]>): Promise<LogPiece[]> {
  const all: LogPiece[] = [];
  for await (const pieces of stream) all.push(...pieces);
  return all;
}

const textsOf = (pieces: readonly LogPiece[]): string[] =>
  pieces.flatMap((piece) => (piece.kind === 'line' ? [piece.text] : []));

async function laterThan(at: number): Promise<void> {
  while (Date.now() <= at) await new Promise((resolve) => setTimeout(resolve, 1));
}
