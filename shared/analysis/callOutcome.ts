import type { CallRow } from '../model/observations.ts';

/**
 * gRPC statuses that are the server's fault: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
 * The others answer the caller (NOT_FOUND, INVALID_ARGUMENT, …) or are the caller's doing (CANCELLED). This is the list by
 * which OpenTelemetry marks server spans as errors (semantic conventions, RPC: gRPC, status).
 */
const FAILED_GRPC = new Set(['2', '4', '12', '13', '14', '15']);

/** Envoy response flags that mean that a call did not get a proper answer (access log documentation, %RESPONSE_FLAGS%). */
const FAILED_FLAGS = new Set([
  'UO', // limit reached
  'UH', // no healthy upstream
  'UF', // connection failed
  'UT', // timed out
  'UR', // reset by the upstream
  'UC', // connection closed by the upstream
  'URX', // retries or connection attempts used up
  'NR', // no route
  'NC', // no such cluster
  'LR', // reset here
  'LH', // health check failed here
  'UPE', // upstream broke the protocol
  'DT', // lasted too long
  'OM', // overload manager
  'DF', // name not resolved
]);

/** Flags worth showing on a call although they do not make it a failure by themselves. */
const TOLD_FLAGS = new Set([...FAILED_FLAGS, 'FI', 'DI', 'RL', 'UAEX', 'IH', 'SI', 'DPE', 'NFCF', 'UMSDR']);

/** With these the proxy never sent the request to a workload, whatever the destination labels say. */
const NEVER_SENT_FLAGS = new Set(['UO', 'UH', 'UF', 'NR', 'NC', 'FI', 'RL', 'UAEX', 'OM', 'DF']);

/** Whether a row's calls failed, as an operator counts: the server's fault or no answer, never the client's. */
export function isFailed(
  row: Pick<CallRow, 'responseCode' | 'grpcStatus' | 'flags' | 'protocol' | 'failed'>,
): boolean {
  if (row.failed !== undefined) return row.failed;
  const clientGone = row.flags.includes('DC');
  if (row.responseCode?.startsWith('5')) return true;
  if (row.grpcStatus !== null && FAILED_GRPC.has(row.grpcStatus)) return !clientGone;
  // Envoy writes code 0 where nothing was answered; when the client went away first, that is nobody's failure.
  if (clientGone) return false;
  if (row.responseCode === '0') return true;
  // A 404 with NR is somebody asking for a path that is not there: the caller's mistake, like any 4xx.
  if (row.responseCode?.startsWith('4')) return false;
  return row.flags.some((flag) => FAILED_FLAGS.has(flag));
}

/** Whether it was answered "forbidden" (403, gRPC PERMISSION_DENIED), by a proxy or by the application: figures do not tell these apart. */
export const isForbidden = ({
  responseCode,
  grpcStatus,
}: Pick<CallRow, 'responseCode' | 'grpcStatus'>): boolean => responseCode === '403' || grpcStatus === '7';

/** Whether a row says if its calls were answered "forbidden": no status does not, nor the class that has 403 in it. */
export const tellsForbidden = ({
  responseCode,
  grpcStatus,
}: Pick<CallRow, 'responseCode' | 'grpcStatus'>): boolean =>
  isForbidden({ responseCode, grpcStatus }) ||
  (responseCode !== '4xx' && (responseCode !== null || grpcStatus !== null));

/** Whether a proxy says that it never sent the call to a workload. */
export function neverSent(row: CallRow): boolean {
  return row.reporter !== 'destination' && row.flags.some((flag) => NEVER_SENT_FLAGS.has(flag));
}

/** Whether a caller's proxy names no workload for the call: it never got to one, or the callee is not in the mesh. */
export function namesNoWorkload(row: CallRow): boolean {
  return (
    row.reporter !== 'destination' && row.destination.workload === null && row.destination.instance === null
  );
}

/** The row's flags that mean trouble. */
export function troubleFlags(row: CallRow): readonly string[] {
  return row.flags.filter((flag) => TOLD_FLAGS.has(flag));
}
