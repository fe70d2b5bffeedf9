import type { ConnectorHost } from './connector.ts';
import { createNotice, type Notice, untilRung } from './notice.ts';

/** Something made of watched objects, which is made again after they changed. */
export interface Picture<Value> {
  /** A burst of changes makes one picture: the next is made no sooner than this after the burst began. */
  readonly settleMs: number;
  /** As it is now; null while there is nothing to speak of. */
  read(): Value | null;
  /** What makes it another one: without the time at which it was made. */
  content(value: Value): unknown;
}

/** A picture of something observed: another one says something else, whenever it was read. */
export const observedPicture = <Value extends { readonly observedAt: number }>(
  settleMs: number,
  read: () => Value | null,
): Picture<Value> => ({ settleMs, read, content: ({ observedAt: _, ...rest }) => rest });

/** Yields the picture now and whenever the notice rang and it is another one; ends when the signal aborts. */
export async function* followChanges<Value>(
  picture: Picture<Value>,
  { notice, clock }: { readonly notice: Notice; readonly clock: ConnectorHost['clock'] },
  signal: AbortSignal,
): AsyncGenerator<Value, void, undefined> {
  let last = '';
  while (!signal.aborted) {
    const value = picture.read();
    const fingerprint = value === null ? last : JSON.stringify(picture.content(value));
    if (value !== null && fingerprint !== last) {
      last = fingerprint;
      yield value;
    }
    try {
      await notice.heard(signal);
      await clock.sleep(picture.settleMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }
}

interface Among {
  /** Called at every ring, and once it is ready. */
  readonly heard: () => void;
  readonly clock: ConnectorHost['clock'];
  /** Whether there is enough for a first picture, looked at now and at each ring; at once, unless given. */
  readonly isReady?: () => boolean;
}

/** The same for one of several who follow what rings its listeners. */
export async function* followAmong<Value>(
  listeners: Set<() => void>,
  picture: Picture<Value>,
  { heard, clock, isReady = () => true }: Among,
  signal: AbortSignal,
): AsyncGenerator<Value, void, undefined> {
  const notice = createNotice();
  const listener = (): void => {
    heard();
    notice.ring();
  };
  listeners.add(listener);
  try {
    await untilRung(listeners, isReady, signal);
    heard();
    yield* followChanges(picture, { notice, clock }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    listeners.delete(listener);
  }
}

/** The same for what goes in rounds: `changed` resolves after each. */
export async function* followRounds<Value>(
  changed: (signal: AbortSignal) => Promise<void>,
  picture: Picture<Value>,
  clock: ConnectorHost['clock'],
  signal: AbortSignal,
): AsyncGenerator<Value, void, undefined> {
  const notice = createNotice();
  const ringing = (async () => {
    for (;;) {
      await changed(signal);
      notice.ring();
    }
  })().catch(() => undefined);
  yield* followChanges(picture, { notice, clock }, signal);
  await ringing;
}
