import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from './cache.ts';
import { buildPrograms, downloadModule } from './goModule.ts';

const path = 'istio.io/istio';
const controlPlane = 'github.com/envoyproxy/go-control-plane';

/**
 * istiod (pilot-discovery). The module proxy has no tag of Istio, only this snapshot of about 1.31, and four of the
 * pseudo-versions its go.mod names are not served: the neighbouring versions below are, and fit.
 */
export const istiod: Recipe = {
  name: 'istiod',
  version: 'v0.0.0-20260827124520-eed52ebb66ad',
  async fill(folder, say) {
    const module = await downloadModule(path, this.version);
    const edits = [
      // Named outright, else Go picks the newest and drags the newest of everything else along.
      `-require=${controlPlane}/envoy@v1.40.0`,
      `-replace=${controlPlane}/contrib@v1.36.1-0.20260713214202-ca8ce173c36f=${controlPlane}/contrib@v1.36.1-0.20260729145720-a2d8c7492908`,
      `-replace=${controlPlane}/envoy@v1.37.1-0.20260713214202-ca8ce173c36f=${controlPlane}/envoy@v1.40.0`,
      '-replace=istio.io/api@v1.31.0-rc.0.0.20260824154656-b943409680a7=istio.io/api@v1.31.1',
      '-replace=istio.io/api@v1.31.1-0.20260915183457-d60a532be69a=istio.io/api@v1.31.1',
      '-replace=istio.io/client-go@v1.31.0-rc.0.0.20260824155257-512e1cfc6c15=istio.io/client-go@v1.31.1',
    ];
    const packages = [{ path: `${path}/pilot/cmd/pilot-discovery`, output: 'pilot-discovery' }];
    const ldflags = '-X istio.io/istio/pkg/version.buildVersion=1.31-snapshot';
    await buildPrograms({ module, edits, packages, ldflags, tags: 'vtprotobuf,disable_pgv' }, folder, say);
  },
};

/** Istio's custom resource definitions, as the API module ships them. */
export const istioCrds: Recipe = {
  name: 'istio-crds',
  version: 'v1.31.1',
  async fill(folder) {
    const module = await downloadModule('istio.io/api', this.version);
    const file = join(module.dir, 'kubernetes/customresourcedefinitions.gen.yaml');
    await copyFile(file, join(folder, 'crds.yaml'));
  },
};
