import type { Recipe } from './cache.ts';
import { buildPrograms, downloadModule } from './goModule.ts';

const path = 'k8s.io/kubernetes';

/** kube-apiserver and kube-controller-manager; no scheduler, because the pods carry their node's name. */
export const kubernetes: Recipe = {
  name: 'kubernetes',
  version: 'v1.36.3',
  async fill(folder, say) {
    const module = await downloadModule(path, this.version);
    const [major, minor, patch] = this.version.slice(1).split('.');
    // The staging modules that the repository keeps inside itself are published as v0.MINOR.PATCH.
    const edits = module.replaces
      .filter((replace) => replace.by.startsWith('./staging/'))
      .map((replace) => `-replace=${replace.path}=${replace.path}@v0.${minor}.${patch}`);
    const programs = ['kube-apiserver', 'kube-controller-manager'];
    const stamps = {
      'k8s.io/component-base/version.gitVersion': this.version,
      'k8s.io/component-base/version.gitMajor': major,
      'k8s.io/component-base/version.gitMinor': minor,
      'k8s.io/component-base/version.gitTreeState': 'clean',
      'k8s.io/client-go/pkg/version.gitVersion': this.version,
    };
    const packages = programs.map((program) => ({ path: `${path}/cmd/${program}`, output: program }));
    const ldflags = Object.entries(stamps)
      .map(([name, value]) => `-X ${name}=${value}`)
      .join(' ');
    await buildPrograms({ module, edits, packages, ldflags }, folder, say);
  },
};
