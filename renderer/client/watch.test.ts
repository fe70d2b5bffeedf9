import { afterEach, expect, test, vi } from 'vitest';
import type { ConsoleClient } from './link.ts';
import { useLink } from './link.ts';
import { type StartStream, watch, watchWhileSeen } from './watch.ts';

/** The page as far as its visibility goes. */
class Page extends EventTarget {
  hidden = false;
  becomes(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

const page = new Page();
vi.stubGlobal('document', page);
afterEach(() => {
  page.becomes(false);
  useLink.setState({ client: null });
});

/** A stream that never ends by itself, and how many of it are listened to. */
function endless(): { readonly start: StartStream<number>; readonly open: () => number } {
  let open = 0;
  const start: StartStream<number> = async (_, signal) => {
    open += 1;
    signal.addEventListener('abort', () => (open -= 1), { once: true });
    return (async function* () {
      yield open;
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    })();
  };
  return { start, open: () => open };
}

// Nothing of it is called: the stream above asks nobody.
const client = {} as ConsoleClient;

test('what is asked for again and again is not asked for while the window is hidden, and at once when it is back', async () => {
  useLink.setState({ client });
  const { start, open } = endless();
  const values: number[] = [];
  const stop = watchWhileSeen(start, { onValue: (value) => values.push(value) });
  await expect.poll(() => values).toEqual([1]);
  page.becomes(true);
  expect(open()).toBe(0);
  // A line that comes back meanwhile does not begin it either.
  useLink.setState({ client: null });
  useLink.setState({ client: { ...client } });
  expect(open()).toBe(0);
  page.becomes(false);
  expect(open()).toBe(1);
  await expect.poll(() => values).toEqual([1, 1]);
  stop();
  expect(open()).toBe(0);
  page.becomes(true);
  page.becomes(false);
  expect(open()).toBe(0);
});

test('what peers tell by themselves is listened to whether the window is seen or not', () => {
  useLink.setState({ client });
  const { start, open } = endless();
  const stop = watch(start, { onValue: () => undefined });
  page.becomes(true);
  expect(open()).toBe(1);
  stop();
});
