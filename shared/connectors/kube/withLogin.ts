import type { Reach } from '../http/reach.ts';
import { textAt } from './objects.ts';

/** An answer whose body is here, or is still coming. */
interface Answered {
  readonly status: number;
  readonly body: string | { destroy(): void };
}

/**
 * Asks with credentials that are good, and once more with others when the API server refuses them: a token that has just run
 * out costs nobody anything. Nothing was done by what was refused, so that a write may be sent again too.
 */
export async function withLogin<A extends Answered>(
  { headers, credentials }: Reach,
  signal: AbortSignal,
  ask: () => Promise<A>,
): Promise<A> {
  // Logging in may take longer than a request: its time begins after it.
  await unlessAborted(headers(), signal);
  const used = credentials?.generation ?? 0;
  const answer = await ask();
  if (!isRefused(answer)) credentials?.accepted(used);
  if (!isRefused(answer) || credentials === undefined) return answer;
  if (!(await unlessAborted(credentials.renew(used), signal))) return answer;
  if (typeof answer.body !== 'string') answer.body.destroy();
  const renewed = credentials.generation;
  const second = await ask();
  if (!isRefused(second)) credentials.accepted(renewed);
  return second;
}

/** A service behind the API server's proxy may refuse as well; only the API server says so with a `Status`. */
const isRefused = ({ status, body }: Answered): boolean =>
  status === 401 && (typeof body !== 'string' || isStatus(body));

function isStatus(body: string): boolean {
  if (body.length > 64 * 1024) return false;
  try {
    return textAt(JSON.parse(body), 'kind') === 'Status';
  } catch {
    return false;
  }
}

/** Many may wait for one login: who stops waiting does not stop it for the others. */
function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
