import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from './cache.ts';
import { buildPrograms, downloadModule } from './goModule.ts';

const path = 'sigs.k8s.io/kwok';

/** kwok plays the nodes and makes pods Running and Ready; its behaviour is data, so stages.yaml lies beside it. */
export const kwok: Recipe = {
  name: 'kwok',
  version: 'v0.8.0',
  async fill(folder, say) {
    const module = await downloadModule(path, this.version);
    await buildPrograms(
      { module, edits: [], packages: [{ path: `${path}/cmd/kwok`, output: 'kwok' }] },
      folder,
      say,
    );
    // Without stages the program ends with "no stages found".
    const stages: string[] = [];
    for (const part of ['node/fast', 'node/heartbeat', 'pod/fast']) {
      const from = join(module.dir, 'kustomize/stage', part);
      for (const file of (await readdir(from)).sort()) {
        if (!file.endsWith('.yaml') || file.startsWith('kustomization')) continue;
        stages.push(await readFile(join(from, file), 'utf8'));
      }
    }
    await writeFile(join(folder, 'stages.yaml'), stages.join('\n---\n'));
  },
};
