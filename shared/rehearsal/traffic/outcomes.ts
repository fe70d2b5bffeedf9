/** How a request ended, in the labels that Istio's proxies give it. */
export interface OutcomeLabels {
  readonly response_code: string;
  /** Only gRPC has one. */
  readonly grpc_response_status: string;
  readonly response_flags: string;
}

/** Envoy's flags that the model knows; `-` is none. */
export type Flag = '-' | 'UT' | 'UO' | 'UH' | 'NC' | 'NR' | 'FI' | 'DC';

const flags: readonly Flag[] = ['-', 'UT', 'UO', 'UH', 'NC', 'NR', 'FI', 'DC'];

// What Envoy writes for a gRPC call that it answers itself: HTTP status 200 and the status in the trailers.
const grpcStatusOf: Readonly<Record<number, string>> = {
  200: '0',
  500: '13',
  502: '14',
  503: '14',
  504: '4',
  0: '1',
};

const known = new Map<number, OutcomeLabels>();

/** A number for an outcome, below 4096 · 16, so that it can be part of a key. */
export const outcomeId = (code: number, flag: Flag, grpc: boolean): number =>
  (code * flags.length + flags.indexOf(flag)) * 2 + (grpc ? 1 : 0);

/** The labels of an outcome. */
export function outcomeLabels(id: number): OutcomeLabels {
  const before = known.get(id);
  if (before !== undefined) return before;
  const grpc = id % 2 === 1;
  const flag = flags[Math.floor(id / 2) % flags.length] ?? '-';
  const code = Math.floor(id / 2 / flags.length);
  const status = grpcStatusOf[code] ?? '2';
  const labels = {
    response_code: grpc && code !== 0 ? '200' : String(code),
    grpc_response_status: grpc ? status : '',
    response_flags: flag,
  };
  known.set(id, labels);
  return labels;
}

/** Whether a caller counts it as failed; Envoy answers 404 where no route takes the request. */
export const isFailure = (code: number, flag: Flag): boolean => code >= 500 || code === 0 || flag === 'NR';

/** Whether an Istio retry policy tries again after this. */
export function isRetried(retryOn: string, code: number, flag: Flag, grpc: boolean): boolean {
  return retryOn.split(',').some((given) => {
    switch (given.trim()) {
      case '5xx':
        return code >= 500;
      case 'gateway-error':
        return code === 502 || code === 503 || code === 504;
      case 'unavailable':
        return grpc && code === 503 && flag === '-';
      default:
        return /^\d+$/.test(given.trim()) && code === Number(given);
    }
  });
}
