import type { ProofSource } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { instanceIn, instanceUid } from './names.ts';
import type { Registry } from './registry.ts';
import { instancesOf } from './shapes.ts';

/** Whether clients are given it so. Nacos pushes to them; what each balances on, only they can tell. */
export function createProof(registry: Registry): ProofSource {
  /** Instances that clients were seen to be given no more: one that is given again was put back, or registered anew. */
  const left = new Set<string>();
  return {
    note: (expectation) =>
      expectation.kind === 'rollout' && expectation.instance !== null
        ? 'seen when the list that Nacos gives to clients has it; clients are told of it at once'
        : null,
    async loaded(expectation, _since, signal) {
      if (expectation.kind !== 'rollout' || expectation.instance === null) return null;
      const { uid, serving, name } = expectation.instance;
      const wanted = instanceIn(uid);
      if (wanted === null) return null;
      const data = await registry.api.given(wanted.service, signal).catch((error: unknown) => {
        if (error instanceof PeerError && error.kind === 'notFound') return [];
        throw error;
      });
      const { all } = instancesOf(data, wanted.service);
      const isGiven = all.some((one) => instanceUid(one) === uid && one.enabled);
      if (isGiven === serving) {
        if (serving) left.delete(uid);
        else left.add(uid);
        return {
          state: 'unobservable',
          detail: `the list that clients are given ${serving ? 'has' : 'leaves out'} ${name}; no client tells which of them it calls`,
        };
      }
      if (!serving && left.has(uid))
        return {
          state: 'contradicted',
          detail: `clients are given ${name} again: it registered anew after Nacos had forgotten what was set, or somebody put it back`,
        };
      return {
        state: 'waiting',
        detail: `the list that clients are given still ${isGiven ? 'has' : 'leaves out'} ${name}`,
      };
    },
  };
}
