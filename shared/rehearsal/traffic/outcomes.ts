/** How a request ended, in the labels that Istio's proxies give it. */
export interface OutcomeLabels {
  readonly response_code: string;
  /** Only gRPC has one. */
  readonly grpc_response_status: string;
  readonly response_flags: string;
}

/** Envoy's flags that the model knows, joined as Envoy joins them; `-` is none. */
export type Flag =
  | '-'
  | 'UT'
  | 'UO'
  | 'UH'
  | 'NC'
  | 'NR'
  | 'FI'
  | 'DC'
  | 'DI'
  | 'URX'
  | 'UT,URX'
  | 'DI,FI'
  | 'UH,DI'
  | 'UO,DI'
  | 'DI,NC';

const flags: readonly Flag[] = [
  '-', 'UT', 'UO', 'UH', 'NC', 'NR', 'FI', 'DC', 'DI', 'URX', 'UT,URX', 'DI,FI', 'UH,DI', 'UO,DI', 'DI,NC',
]; // prettier-ignore
/** More than there are flags, and a power of two. */
const flagRoom = 16;

/** From here on a code says its gRPC status itself: 600 + status. */
const grpcCodes = 600;

// What Envoy writes for a gRPC call that it answers itself: HTTP status 200 and the status in the trailers.
const grpcStatusOf: Readonly<Record<number, string>> = {
  200: '0',
  403: '7',
  404: '12',
  500: '13',
  502: '14',
  503: '14',
  504: '4',
  0: '1',
};

/** How Envoy turns the code of an answer of its own into a gRPC status (Grpc::Utility::httpToGrpcStatus). */
const localGrpcStatus: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/** The code of an answer that the caller's proxy gives in place of the callee. */
export const localAnswer = (code: number, grpc: boolean): number =>
  grpc ? grpcCodes + (localGrpcStatus[code] ?? 2) : code;

/** The same for a gRPC status that a document asks for. */
export const localGrpcAnswer = (status: number, grpc: boolean): number =>
  grpc ? grpcCodes + status : (httpCodeOf[status] ?? 500);

// Grpc::Utility::grpcToHttpStatus
const httpCodeOf: Readonly<Record<number, number>> = {
  0: 200, 1: 499, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 11: 400, 12: 501, 14: 503, 16: 401,
}; // prettier-ignore

/** The names that Istio takes for `grpcStatus`, by their number. */
export const grpcStatusNames: readonly string[] = [
  'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS',
  'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED',
  'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
]; // prettier-ignore

const known = new Map<number, OutcomeLabels>();

/** A number for an outcome, below 2^16, so that it can be part of a key. */
export const outcomeId = (code: number, flag: Flag, grpc: boolean): number =>
  (code * flagRoom + flags.indexOf(flag)) * 2 + (grpc ? 1 : 0);

/** The labels of an outcome. */
export function outcomeLabels(id: number): OutcomeLabels {
  const before = known.get(id);
  if (before !== undefined) return before;
  const grpc = id % 2 === 1;
  const flag = flags[Math.floor(id / 2) % flagRoom] ?? '-';
  const code = Math.floor(id / 2 / flagRoom);
  const status = code >= grpcCodes ? String(code - grpcCodes) : (grpcStatusOf[code] ?? '2');
  const labels = {
    response_code: grpc && code !== 0 ? '200' : String(code),
    grpc_response_status: grpc ? status : '',
    response_flags: flag,
  };
  known.set(id, labels);
  return labels;
}

/** Whether a caller has no use for the answer: refused, redirected elsewhere, failed, or gone before it came. */
export const isFailure = (code: number): boolean => code === 0 || (code >= 300 && code !== grpcCodes);

/** With the flag of an injected delay. */
export function delayed(flag: Flag): Flag {
  switch (flag) {
    case '-':
      return 'DI';
    case 'FI':
      return 'DI,FI';
    case 'UH':
      return 'UH,DI';
    case 'UO':
      return 'UO,DI';
    case 'NC':
      return 'DI,NC';
    default:
      return flag;
  }
}

/** With the flag of a retry that was due when none was left. */
export const outOfRetries = (flag: Flag): Flag => (flag === '-' ? 'URX' : flag === 'UT' ? 'UT,URX' : flag);

/** Whether a retry policy tries again after this; a limit and an empty cluster are final whatever it says. */
export function isRetried(retryOn: string, code: number, flag: Flag, grpc: boolean): boolean {
  if (flag !== '-' && flag !== 'UT') return false;
  return retryOn.split(',').some((given) => {
    const condition = given.trim();
    switch (condition) {
      case '5xx':
        return code >= 500;
      case 'gateway-error':
        return code === 502 || code === 503 || code === 504;
      case 'reset':
        return flag === 'UT';
      case 'retriable-4xx':
        return code === 409;
      case 'unavailable':
        return grpc && code === 503 && flag === '-';
      default:
        return /^\d+$/.test(condition) && code === Number(condition);
    }
  });
}
