import type { Recipe } from './cache.ts';
import { buildPrograms, downloadModule } from './goModule.ts';

const path = 'github.com/hashicorp/consul';

/**
 * Consul's agent. Of 1.21 and 1.22 the module proxy lacks parts; of 1.20.5 it has all, at the very versions that its
 * go.mod requires, so that only the replace lines into its own repository have to go.
 */
export const consul: Recipe = {
  name: 'consul',
  version: 'v1.20.5',
  async fill(folder, say) {
    const module = await downloadModule(path, this.version);
    const edits = module.replaces.map((replace) => `-dropreplace=${replace.path}`);
    await buildPrograms({ module, edits, packages: [{ path, output: 'consul' }] }, folder, say);
  },
};
