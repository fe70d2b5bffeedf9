import type { DenialJudgement } from '../../model/denial.ts';
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
