import { useEffect, useState } from 'react';
import type { LogAsk, LogBatch, LogEntry } from '../../../shared/model/log.ts';
import { watch } from '../../client/watch.ts';
import { emptyBuffer, type LogBuffer, withEntries } from './logBuffer.ts';

/** What was read so far, and whether more is to come. */
export interface LogStream {
  readonly buffer: LogBuffer;
  readonly phase: 'asking' | LogBatch['phase'];
  readonly problem: string | null;
}

/** Often enough to look alive, seldom enough for a flood. */
const drawEveryMs = 150;
const nothingYet: LogStream = { buffer: emptyBuffer, phase: 'asking', problem: null };

/** Reads logs while the panel is drawn; `key` names what is asked, and when it changes reading begins anew. */
export function useLogStream(ask: LogAsk, round: number): LogStream {
  const key = `${round} ${JSON.stringify(ask)}`;
  const [held, setHeld] = useState<{ readonly key: string } & LogStream>({ key, ...nothingYet });
  useEffect(() => {
    let waiting: LogEntry[] = [];
    let phase: LogStream['phase'] = 'asking';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      timer = undefined;
      const more = waiting;
      waiting = [];
      setHeld((before) => {
        const buffer = before.key === key ? before.buffer : emptyBuffer;
        return { key, buffer: withEntries(buffer, more), phase, problem: null };
      });
    };
    const stop = watch((client, signal) => client.logs.read(ask, { signal }), {
      onStart() {
        waiting = [];
        phase = 'asking';
        setHeld({ key, ...nothingYet });
      },
      onValue(batch) {
        waiting.push(...batch.entries);
        phase = batch.phase;
        timer ??= setTimeout(draw, drawEveryMs);
        if (phase === 'over') stop();
      },
      onProblem: (problem) =>
        setHeld((before) => ({ ...(before.key === key ? before : { key, ...nothingYet }), problem })),
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key holds all of `ask`
  }, [key]);
  return held.key === key ? held : nothingYet;
}
