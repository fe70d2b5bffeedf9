import { anySignal } from '../../connectors/kit/anySignal.ts';
import type { ByteStream } from '../../connectors/kit/forwards.ts';
import { PeerError } from '../../connectors/kit/peerError.ts';
import type { Clock } from '../ports.ts';

/** What is told while bytes go by. */
interface Count {
  readonly sent: (bytes: number) => void;
  readonly received: (bytes: number) => void;
}

/**
 * A port-forward cannot pass on that the near side has no more to say, so the far side may wait for ever: once nothing came
 * back for so long, the connection is given up.
 */
const quietAfterEndMs = 30_000;

/** Carries bytes both ways until the far side has said all, or `signal` says so. Rejects where a side broke off. */
export async function carry(
  near: ByteStream,
  far: ByteStream,
  count: Count,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const over = anySignal([signal, stop.signal]);
  let came = 0;
  const up = near.readable.pipeThrough(counted(count.sent)).pipeTo(far.writable, { signal: over });
  const down = far.readable
    .pipeThrough(
      counted((bytes) => {
        came += bytes;
        count.received(bytes);
      }),
    )
    .pipeTo(near.writable, { signal: over });
  const whileItAnswers = async (): Promise<void> => {
    for (let before = -1; before !== came;) {
      before = came;
      await clock.sleep(quietAfterEndMs, over);
    }
    stop.abort(new Error('nothing more came back'));
  };
  const first = await Promise.race([down, up.then(whileItAnswers)]).catch((thrown: unknown) => ({ thrown }));
  stop.abort(new Error('the far side has said all'));
  const both = await Promise.allSettled([down, up]);
  if (first === undefined) return;
  // The peer's own word, where one side broke off because the other had.
  const words = both.find((one) => one.status === 'rejected' && one.reason instanceof PeerError);
  throw words?.status === 'rejected' ? words.reason : first.thrown;
}

const counted = (tell: (bytes: number) => void): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream({
    transform(chunk, controller) {
      tell(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
