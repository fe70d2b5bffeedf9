import type { LogLine, PodLog } from './kube/logs.ts';

const everyMs = 2_000;
const remembered = 200;

/** What the fleet's containers write: a line every two seconds, the same one for the same moment. */
export function podLogOf(
  namespace: string,
  pod: string,
  container: string,
  now: () => number,
): PodLog | undefined {
  const lineAt = (at: number): LogLine => ({ at, text: textOf(pod, container, at) });
  const newest = Math.floor(now() / everyMs) * everyMs;
  if (namespace === '') return undefined;
  return {
    written: Array.from({ length: remembered }, (_, index) =>
      lineAt(newest - (remembered - 1 - index) * everyMs),
    ),
    async *next(signal) {
      for (let at = newest + everyMs; !signal.aborted; at += everyMs) {
        await until(at - now(), signal);
        if (!signal.aborted) yield lineAt(at);
      }
    },
  };
}

function textOf(pod: string, container: string, at: number): string {
  const number = at / everyMs;
  if (container === 'istio-proxy')
    return 'info\txdsproxy\tconnected to upstream XDS server: istiod.istio-system.svc:15012';
  if (pod.startsWith('payment-v2') && number % 3 !== 0) {
    return `level=warn msg="no connection to bank-api.example.com was free within 2s" waiting=${12 + (number % 9)} pool=4`;
  }
  return `level=info msg="handled requests" count=${20 + (number % 17)}`;
}

function until(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, ms));
    signal.addEventListener('abort', done);
  });
}
