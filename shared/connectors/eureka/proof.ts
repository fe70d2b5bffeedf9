import type { ProofSource } from '../kit/connector.ts';
import { isServing } from './names.ts';
import type { Registry } from './registry.ts';

/** Whether the list that clients fetch has it. Whether they fetched it, only they can tell. */
export function createProof(registry: Registry): ProofSource {
  return {
    note: (expectation) =>
      expectation.kind === 'rollout' && expectation.instance !== null
        ? 'seen when the list that clients fetch has it; clients follow within about 65 s by default'
        : null,
    loaded(expectation) {
      if (expectation.kind !== 'rollout' || expectation.instance === null) return Promise.resolve(null);
      const { uid, serving, name } = expectation.instance;
      const listed = registry.find(uid);
      if (listed === null) return Promise.resolve(null);
      if (isServing(listed) !== serving)
        return Promise.resolve({
          state: 'waiting',
          detail: `the list that clients fetch still says ${listed.status} of ${name}`,
        });
      return Promise.resolve({
        state: 'unobservable',
        detail: `the list that clients fetch says ${listed.status} of ${name}; no client tells what its own copy says`,
      });
    },
  };
}
