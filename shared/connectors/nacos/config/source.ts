import type { ConfigHit, ConfigVersion } from '../../../model/config.ts';
import type { ConfigSource } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { ConfigName } from '../api.ts';
import type { Registry } from '../registry.ts';
import { type Config, type HistoryRecord, isEncrypted, recordOf } from '../shapes.ts';
import {
  documentOf,
  listConfigs,
  nameOf,
  readConfig,
  readConfigs,
  refOf,
  serviceFor,
  servicesIn,
} from './documents.ts';

const mostOfOne = 50;
const mostSearched = 300;
const mostHits = 200;
/** Each takes a question of its own. */
const mostTexts = 20;

/** Configuration as Nacos keeps it: whole texts, of which those that are named after a service are taken for its own. */
export function createConfigSource(registry: Registry): ConfigSource {
  return {
    async read({ namespace, name }, signal) {
      const { names } = await listConfigs(registry, namespace, signal);
      const own = names.filter((one) => {
        const services = servicesIn(registry, one.namespaceId);
        const found = serviceFor(one, services.keys());
        return found !== null && services.get(found) === name;
      });
      const read = await readConfigs(registry, own.slice(0, mostOfOne), signal);
      return read.map((config) => documentOf(registry, config));
    },
    async reveal(document, key, signal) {
      const { name } = nameOf(document);
      if (key !== name.dataId) throw new PeerError('notFound', 'It has no such entry.');
      const config = await readConfig(registry, name, signal);
      if (config === null) throw new PeerError('notFound', `${name.dataId} was deleted.`);
      return config.content;
    },
    async search(query, signal) {
      const { names, whole } = await listConfigs(registry, null, signal);
      const read = await readConfigs(registry, names.slice(0, mostSearched), signal);
      const wanted = query.toLowerCase();
      const hits = read.flatMap((config): ConfigHit[] => {
        // Of what is encrypted, names alone are searched.
        const line = config.isEncrypted ? undefined : lineWith(config.content, wanted);
        return line === undefined && !config.name.dataId.toLowerCase().includes(wanted)
          ? []
          : [hitOf(registry, config, line ?? null)];
      });
      const problems = [
        ...(whole && names.length <= mostSearched
          ? []
          : [`Only the first ${mostSearched} configurations were searched.`]),
        ...(hits.length > mostHits ? [`Only the first ${mostHits} that match are shown.`] : []),
      ];
      return { hits: hits.slice(0, mostHits), problems };
    },
    history: async (document, signal) => await readHistory(registry, nameOf(document).name, signal),
  };
}

const lineWith = (content: string, wanted: string): string | undefined =>
  content.split('\n').find((one) => one.toLowerCase().includes(wanted));

function hitOf(registry: Registry, config: Config, line: string | null): ConfigHit {
  const { name } = config;
  const services = servicesIn(registry, name.namespaceId);
  const service = services.get(serviceFor(name, services.keys()) ?? '');
  return {
    document: refOf(registry, config),
    key: name.dataId,
    line: line?.trim().slice(0, 300) ?? null,
    services: service === undefined ? [] : [`${registry.titleOf(name.namespaceId)}/${service}`],
  };
}

/**
 * Who wrote what when. A record of a change holds the text that was replaced (`U`) or deleted (`D`), and of the first
 * publication (`I`) the text itself (insertConfigHistoryAtomic), so what a change wrote stands in the next record, and what
 * the last one wrote is what there is now.
 */
async function readHistory(
  registry: Registry,
  name: ConfigName,
  signal: AbortSignal,
): Promise<ConfigVersion[]> {
  const { api } = registry;
  const page = await api.history(name, signal);
  const records = page.items
    .flatMap((one) => recordOf(one) ?? [])
    .filter(({ isGray }) => !isGray)
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0) || compareIds(b.id, a.id));
  const isHidden = isEncrypted(name);
  const now = isHidden ? null : ((await readConfig(registry, name, signal))?.content ?? null);
  const versions: ConfigVersion[] = [];
  let next = now;
  for (const [place, record] of records.entries()) {
    const text = isHidden || place >= mostTexts ? null : await textOf(registry, name, record, signal);
    versions.push({
      at: record.at,
      who: record.who ?? (record.from === null ? 'somebody' : `somebody at ${record.from}`),
      source: `Nacos’ history, record ${record.id}`,
      operationId: null,
      note: noteOf(record, isHidden),
      yaml: record.verb === 'D' ? null : record.verb === 'I' ? (text ?? next) : next,
    });
    // What it replaced is what the change before it wrote.
    next = record.verb === 'I' ? null : text;
  }
  return versions;
}

function noteOf({ verb }: HistoryRecord, isHidden: boolean): string | null {
  if (isHidden) return 'it is kept encrypted: its texts are not shown';
  if (verb === 'D') return 'it was deleted';
  return verb === 'I' ? 'it was made' : null;
}

async function textOf(
  { api }: Registry,
  name: ConfigName,
  record: HistoryRecord,
  signal: AbortSignal,
): Promise<string | null> {
  // Nacos 2 sends the texts with the list, or null; either way one of them is asked for where it is missing.
  if (record.content !== null && api.dialect === 'v2') return record.content;
  try {
    return recordOf(await api.record(name, record.id, signal))?.content ?? null;
  } catch (error) {
    // Old records are cleared away.
    if (error instanceof PeerError && error.kind === 'notFound') return null;
    throw error;
  }
}

/** Ids are numbers that may be larger than a double holds. */
function compareIds(a: string, b: string): number {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return a < b ? -1 : 1;
  const [left, right] = [BigInt(a), BigInt(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}
