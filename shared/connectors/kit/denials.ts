import type { DenialJudgement } from '../../model/denial.ts';
import { PeerError, sayError } from './peerError.ts';
import type { ServiceKey } from './reading.ts';

/** A call as it is asked about whether something refuses it. */
export interface JudgedCall {
  readonly callee: ServiceKey & { readonly workloads?: readonly string[] };
  /** Null where nothing of this system is known to make it. */
  readonly caller: {
    readonly namespace: string | null;
    readonly name: string;
    /** Names of what runs it, where they are known. */
    readonly workloads?: readonly string[];
  } | null;
  readonly protocol: 'http' | 'tcp';
}

/** Says what policies do to calls, from what was read of them or counted; it sends no request of the call's own. */
export interface DenialSource {
  /** From documents that are watched anyway, for verdicts too; or read because somebody asks. */
  readonly known: 'atOnce' | 'whenAsked';
  /** Null where this system has no such policies at all, or counts nothing of the kind. */
  judge(call: JudgedCall, signal: AbortSignal): Promise<DenialJudgement | null>;
}

/**
 * What a source says that could not read what it judges by: unknown, and why. Throws again what is no answer of the
 * peer's, and the signal's reason where nobody waits any more.
 */
export function unreadable(
  thrown: unknown,
  { source, text, tried }: { readonly source: string; readonly text: string; readonly tried: string },
  signal: AbortSignal,
): DenialJudgement {
  if (!(thrown instanceof PeerError)) throw thrown;
  signal.throwIfAborted();
  return { source, outcome: 'unknown', text, policies: [], notes: [sayError(thrown, tried)] };
}
