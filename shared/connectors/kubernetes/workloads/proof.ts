import type { Rollout as RolloutExpectation } from '../../../model/change.ts';
import type { WorkloadRef } from '../../../model/workload.ts';
import type { Proof, ProofSource } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { endpointSlices } from '../../kube/resources.ts';
import { readinessOf } from '../instances.ts';
import { orNull } from './find.ts';
import { resourceOfKind, sayWorkload } from './kinds.ts';
import { newestTrouble, podsOf } from './pods.ts';
import { rolloutOf } from './rollout.ts';

/** What workloads and endpoints say of a rollout: a status counts only once its controller saw the newest specification. */
export function createRolloutProof(client: KubeClient): ProofSource {
  return {
    note: (expectation) =>
      expectation.kind === 'rollout' ? 'seen on the workload: every instance updated and available' : null,
    async loaded(expectation, _since, signal) {
      if (expectation.kind !== 'rollout') return null;
      const { workloads, instance } = expectation;
      const proofs = await Promise.all(workloads.map((one) => proveWorkload(client, one, signal)));
      if (instance !== null) proofs.push(await proveInstance(client, instance, signal));
      return worst(proofs);
    },
  };
}

async function proveWorkload(client: KubeClient, ref: WorkloadRef, signal: AbortSignal): Promise<Proof> {
  const { kind, namespace, name, uid } = ref;
  const found = await orNull(client.object(resourceOfKind(kind), namespace, name, signal), ['notFound']);
  if (found === null) return { state: 'contradicted', detail: `${sayWorkload(ref)} was deleted.` };
  if (found.metadata.uid !== uid)
    return { state: 'contradicted', detail: `${sayWorkload(ref)} was deleted and made anew.` };
  const { state, text } = rolloutOf(found);
  const said = `${name}: ${text}`;
  if (state === 'done') return { state: 'seen', detail: said };
  const trouble = await podsOf(client, found, signal).then(newestTrouble, (error: unknown) => {
    // The status has been read; why a pod does not run is only more of it.
    if (error instanceof PeerError) return null;
    throw error;
  });
  const detail = trouble === null ? said : `${said}; ${trouble}`;
  if (state === 'stuck') return { state: 'contradicted', detail };
  return { state: 'waiting', detail };
}

async function proveInstance(
  client: KubeClient,
  { namespace, name, uid, serving }: NonNullable<RolloutExpectation['instance']>,
  signal: AbortSignal,
): Promise<Proof> {
  const slices = await orNull(client.list(endpointSlices, namespace, signal), ['forbidden']);
  if (slices === null)
    return {
      state: 'unobservable',
      detail: 'Endpoints cannot be read here, so whether it takes traffic is not seen.',
    };
  const listed = readinessOf(slices).get(uid);
  if (serving)
    return listed === true
      ? { state: 'seen', detail: `${name} is among the ready endpoints again.` }
      : {
          state: 'waiting',
          detail: `${name} is ${listed === false ? 'not ready' : 'not among the endpoints yet'}.`,
        };
  return listed === undefined
    ? { state: 'seen', detail: `No endpoint slice lists ${name} any more.` }
    : { state: 'waiting', detail: `${name} is still among the endpoints.` };
}

/** All must be as expected; one that is not speaks for all. */
function worst(proofs: readonly Proof[]): Proof | null {
  const order: readonly Proof['state'][] = ['contradicted', 'waiting', 'unobservable', 'seen'];
  for (const state of order) {
    const those = proofs.filter((proof) => proof.state === state);
    if (those.length > 0) return { state, detail: those.map(({ detail }) => detail).join('; ') };
  }
  return null;
}
