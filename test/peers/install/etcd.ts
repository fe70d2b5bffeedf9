import type { Recipe } from './cache.ts';
import { buildPrograms, downloadModule } from './goModule.ts';

const path = 'go.etcd.io/etcd/server/v3';

/** etcd 3.6: Debian's 3.4 lacks the progress requests on which kube-apiserver's watch lists rest. */
export const etcd: Recipe = {
  name: 'etcd',
  version: 'v3.6.16',
  async fill(folder, say) {
    const module = await downloadModule(path, this.version);
    const edits = module.replaces.map((replace) => `-dropreplace=${replace.path}`);
    await buildPrograms({ module, edits, packages: [{ path, output: 'etcd' }] }, folder, say);
  },
};
