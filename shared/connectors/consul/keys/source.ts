import type { ConfigDocument } from '../../../model/config.ts';
import type { ConfigSource } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Registry } from '../registry.ts';
import { type Folder, foldersOf, readKeys, refOf, revisionOf, yamlOfFolder } from './folders.ts';

const mostHits = 200;

/** Configuration in Consul's key-value store: the folders that are named after a service. */
export function createKeySource(registry: Registry): ConfigSource {
  return {
    async read({ name }, signal) {
      return foldersOf(await readKeys(registry, '', signal), name).map((folder) =>
        documentOf(registry, folder),
      );
    },
    reveal: () => Promise.reject(new PeerError('refused', 'Keys of Consul hold no hidden values.')),
    async search(query, signal) {
      const wanted = query.toLowerCase();
      const all = await readKeys(registry, '', signal);
      const services = [...new Set((registry.catalog.value?.instances ?? []).map(({ service }) => service))];
      const hits = all.flatMap((key) => {
        const line = (key.text ?? '').split('\n').find((one) => one.toLowerCase().includes(wanted));
        if (line === undefined && !key.path.toLowerCase().includes(wanted)) return [];
        const owners = services.filter((service) => foldersOf([key], service).length > 0);
        const [folder] = owners.flatMap((service) => foldersOf([key], service));
        const path = folder?.path ?? key.path.split('/').slice(0, -1).join('/');
        return [
          {
            document: refOf(registry, path),
            key: key.path.slice(path === '' ? 0 : path.length + 1),
            line: line?.trim().slice(0, 300) ?? null,
            services: owners.map((service) => `default/${service}`),
          },
        ];
      });
      const problems =
        hits.length > mostHits ? [`Only the first ${mostHits} keys that match are shown.`] : [];
      return { hits: hits.slice(0, mostHits), problems };
    },
    // Consul keeps no former values and does not say who wrote.
    history: () => Promise.resolve([]),
  };
}

function documentOf(registry: Registry, folder: Folder): ConfigDocument {
  return {
    document: refOf(registry, folder.path),
    revision: revisionOf(folder),
    kind: 'keys',
    entries: folder.keys.map(({ name, text, bytes }) => ({
      key: name,
      value: text,
      bytes,
      binary: text === null,
    })),
    yaml: yamlOfFolder(folder),
    immutable: false,
    reach: [
      {
        workload: null,
        how: 'whoever reads these keys',
        arrival: 'file',
        why: 'Consul does not say who reads a key, nor whether it is read again.',
      },
    ],
    writers: [],
    readOnly: null,
  };
}
