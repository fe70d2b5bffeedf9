import type { Found, Session } from '../connectors/kit/connector.ts';
import type { ConnectionState } from '../model/connection.ts';
import type { ProgramQuestion } from '../model/program.ts';
import type { Environment } from '../model/entity.ts';
import { describeSource, type Source } from './sources.ts';

/** What was asked for, how far it is, and what the operator set on it. */
interface Standing {
  readonly request: {
    readonly id: string;
    readonly title: string;
    readonly connector: { readonly id: string };
    readonly rehearsal: boolean;
    readonly warnings: readonly string[];
  };
  readonly environment: Environment;
  readonly locked: boolean;
  /** What it was opened by is not there any more. */
  readonly isGone: boolean;
  /** Why the next start does not know it, else null. */
  readonly forgotten: string | null;
  readonly phase: ConnectionState['state'];
  /** Why it could not be opened. */
  readonly error: string | null;
  readonly asks: ProgramQuestion | null;
}

/** What was found behind it. */
interface Behind {
  /** The session that everything else is reached through. */
  readonly root: Session | null;
  readonly sources: readonly Source[];
  readonly absent: Found['absent'];
}

const gone =
  'The kubeconfig does not name it any more. It stays open until you close it, and cannot be opened again.';

/** A connection as the Sources screen and the title bar show it. */
export function describeConnection(
  { request, environment, locked, isGone, forgotten, phase, error, asks }: Standing,
  { root, sources, absent }: Behind,
  now: number,
): ConnectionState {
  const described = sources.map((source) => describeSource(source, now));
  const first = described[0];
  // The root is what everything else is reached through: when it fails, so does the connection.
  const failing = phase === 'open' && first?.state === 'failing';
  return {
    id: request.id,
    connector: request.connector.id,
    title: request.title,
    environment,
    state: failing ? 'failing' : phase,
    locked,
    rehearsal: request.rehearsal,
    server: root?.server ?? '',
    peer: root === null ? null : root.peer,
    user: root?.user ?? null,
    error: error ?? first?.error ?? null,
    asks,
    warnings: [
      ...new Set([
        ...(isGone ? [gone] : []),
        ...(forgotten === null ? [] : [forgotten]),
        ...request.warnings,
        ...(root?.warnings ?? []),
      ]),
    ],
    cautions: [...(root?.cautions ?? [])],
    sources: [
      ...described,
      ...absent.map((gone, i) => ({
        id: `${request.id}:absent:${i}`,
        connector: gone.connector,
        title: gone.title,
        state: 'absent' as const,
        detail: gone.detail,
        consequence: gone.consequence,
        lastAnswerAt: null,
        error: null,
      })),
    ],
    permissions: [...(root?.permissions ?? [])],
    namespaces: root?.namespaces === undefined || root.namespaces === null ? null : [...root.namespaces],
  };
}
