import { useEffect, useState } from 'react';
import type { LogAsk } from '../../../shared/model/log.ts';
import { watch } from '../../client/watch.ts';
import { createLogIntake, type LogStream, nothingYet } from './logIntake.ts';

/** Often enough to look alive, seldom enough for a flood. */
const drawEveryMs = 150;

/** Reads logs while the panel is drawn; `key` names what is asked, and when it changes reading begins anew. */
export function useLogStream(ask: LogAsk, round: number): LogStream {
  const key = `${round} ${JSON.stringify(ask)}`;
  const [held, setHeld] = useState<{ readonly key: string } & LogStream>({ key, ...nothingYet });
  useEffect(() => {
    const intake = createLogIntake();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      clearTimeout(timer);
      timer = undefined;
      setHeld({ key, ...intake.stream });
    };
    const stop = watch((client, signal) => client.logs.read(ask, { signal }), {
      onStart() {
        intake.begin();
        draw();
      },
      onValue(batch) {
        intake.add(batch);
        timer ??= setTimeout(draw, drawEveryMs);
        if (batch.phase === 'over') stop();
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
