import { createHash, type UUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ShippedPackage } from './licences.ts';

const Own = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
});

/**
 * What the installed program consists of, as CycloneDX 1.6. npm's own list has packages for tests' sake and lacks Electron. It
 * holds no time and no chance, so that one state of the lockfile gives one bill.
 */
export function billOfMaterials(root: string, packages: readonly ShippedPackage[]): object {
  const own = Own.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  const electron = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')));
  const components = [
    ...packages.map(componentOf),
    {
      type: 'framework',
      'bom-ref': `electron@${electron.version}`,
      name: 'electron',
      version: electron.version,
      purl: `pkg:npm/electron@${electron.version}`,
      licenses: [{ license: { id: 'MIT' } }],
    },
  ];
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([own, components]))}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `${own.name}@${own.version}`,
        name: own.name,
        version: own.version,
        description: own.description,
        licenses: [{ license: { id: own.license } }],
        purl: `pkg:npm/${own.name}@${own.version}`,
      },
    },
    components,
  };
}

function componentOf({ path, name, version, licence, integrity }: ShippedPackage): object {
  const isExpression = licence.startsWith('(');
  return {
    type: 'library',
    // One package may be there twice, at two places.
    'bom-ref': `${path.slice('node_modules/'.length)}@${version}`,
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: [isExpression ? { expression: licence } : { license: { id: licence } }],
    ...(integrity?.startsWith('sha512-') === true && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice(7), 'base64').toString('hex') }],
    }),
  };
}

/** A UUID of version 5's shape from a text. */
function uuidOf(text: string): UUID {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
