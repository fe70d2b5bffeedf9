import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from './cache.ts';
import { downloadModule } from './goModule.ts';

/** The custom resource definitions of Argo Rollouts and Flagger; their controllers are played by suites. */
export const rolloutCrds: Recipe = {
  name: 'rollout-crds',
  version: 'argo1.10.2-flagger1.36.1',
  async fill(folder) {
    const argo = await downloadModule('github.com/argoproj/argo-rollouts', 'v1.10.2');
    const flagger = await downloadModule('github.com/fluxcd/flagger', 'v1.36.1');
    await copyFile(join(argo.dir, 'manifests/crds/rollout-crd.yaml'), join(folder, 'argo.yaml'));
    const text = await readFile(join(flagger.dir, 'artifacts/flagger/crd.yaml'), 'utf8');
    // Its other kinds are of no concern here.
    const canary = text.split(/^---$/m).find((one) => one.includes('name: canaries.flagger.app'));
    if (canary === undefined) throw new Error('Flagger ships no Canary any more');
    await writeFile(join(folder, 'flagger.yaml'), withoutDescriptions(canary));
  },
};

/** Two of its descriptions go on with less indentation than YAML asks for, which Go forgives. */
const withoutDescriptions = (text: string): string =>
  text.replaceAll(/description: '[^']*'/g, "description: ''");
