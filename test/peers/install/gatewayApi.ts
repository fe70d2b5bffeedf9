import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from './cache.ts';
import { downloadModule } from './goModule.ts';

const kinds = ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'referencegrants'];

/** The Gateway API's custom resource definitions that istiod and Podium read, of the standard channel. */
export const gatewayApiCrds: Recipe = {
  name: 'gateway-api-crds',
  version: 'v1.7.0',
  async fill(folder) {
    const module = await downloadModule('sigs.k8s.io/gateway-api', this.version);
    const files = kinds.map((kind) =>
      join(module.dir, 'config/crd/standard', `gateway.networking.k8s.io_${kind}.yaml`),
    );
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    await writeFile(join(folder, 'crds.yaml'), texts.join('\n---\n'));
  },
};
