import type { Control } from '../connectors/kit/control.ts';
import type { Session } from '../connectors/kit/connector.ts';
import type { EntityId } from '../model/entity.ts';
import type { Operation, OperationKind } from '../model/operation.ts';
import type { OperationRecord } from '../model/record.ts';
import type { LiveConnection } from './liveConnection.ts';
import { shareDocument } from './returns/sameChanges.ts';

type AnyControl = Control<Operation>;

/** Which capability writes which kind of operation. */
const controlIn: Readonly<Record<OperationKind, (session: Session) => AnyControl | undefined>> = {
  setWeights: (session) => session.weights,
  trip: (session) => session.isolation,
  endTrip: (session) => session.isolation,
  closeBreaker: (session) => session.breakers,
  setFallback: (session) => session.isolation,
  setProtections: (session) => session.protectionEdits,
  setRouting: (session) => session.routing,
  editDocument: (session) => session.config,
  changeWorkload: (session) => session.workloads,
  silence: (session) => session.silences,
};

/** What the operator wants to do, for "no source can … at the moment". */
export const verbOf: Readonly<Record<OperationKind, string>> = {
  setWeights: 'change weights',
  trip: 'trip a call',
  endTrip: 'end a trip',
  closeBreaker: 'close a breaker',
  setFallback: 'declare a fallback',
  setProtections: 'change protections',
  setRouting: 'change routes',
  editDocument: 'change configuration',
  changeWorkload: 'change workloads',
  silence: 'silence alerts',
};

/**
 * The control that writes an operation. Looked up each time: sources are opened anew when the operator looks again. Where
 * several could (configuration of two systems behind one connection), the one that claims it is asked.
 */
export function controlOf(connection: LiveConnection, operation: Operation): AnyControl | null {
  const session = writerOf(connection, operation);
  return (session === null ? undefined : controlIn[operation.kind](session)) ?? null;
}

/** The session whose control that is. */
export function writerOf(connection: LiveConnection, operation: Operation): Session | null {
  const able = connection.sources.flatMap(({ session }) => {
    const control = controlIn[operation.kind](session);
    return control === undefined ? [] : [{ session, control }];
  });
  const claimed = able.find(({ control }) => control.takes?.(operation) === true);
  const other = able.find(({ control }) => control.takes === undefined);
  return (claimed ?? other)?.session ?? null;
}

/** Whether a session writes anything at all. */
export function writes(session: Session): boolean {
  return Object.values(controlIn).some((find) => find(session) !== undefined);
}

/** The service an operation is about, as far as the operation itself says; weights say it by their split. */
export function serviceIdOf(operation: Operation): EntityId | null {
  switch (operation.kind) {
    case 'trip':
    case 'setFallback':
    case 'closeBreaker':
      return operation.call.calleeId;
    case 'setWeights':
    case 'setRouting':
      return null;
    default:
      return operation.serviceId;
  }
}

/** The split an operation is about, for those that are about one. */
export function splitIdOf(operation: Operation): string | null {
  return operation.kind === 'setWeights' || operation.kind === 'setRouting' ? operation.splitId : null;
}

/** Whether a later operation wrote where an earlier one did, so that the earlier is not in force as it was written. */
export function samePlace(earlier: OperationRecord, later: OperationRecord): boolean {
  if (earlier.operation.kind === 'setWeights' && later.operation.kind === 'setWeights')
    return earlier.operation.splitId === later.operation.splitId;
  if (later.undoOf === earlier.id) return true;
  if (earlier.operation.kind === 'setWeights' || later.operation.kind === 'setWeights') return false;
  return shareDocument(earlier, later);
}
