import type { ConfigDocument, ConfigEntry } from '../../../shared/model/config.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import { plainText } from '../../ui/plainText.ts';

/** What each way to look at a document is given. */
export interface DocumentProps {
  readonly serviceId: EntityId;
  readonly document: ConfigDocument;
}

/** Whether anything of a document can be changed from here at all. */
export function canEdit({ readOnly, immutable }: ConfigDocument): boolean {
  return readOnly === null && !immutable;
}

/** Whether its text says which document it is, as those of Kubernetes do; others are nothing but what they hold. */
export const saysWhoItIs = ({ kind }: Pick<ConfigDocument, 'kind'>): boolean =>
  kind !== 'file' && kind !== 'keys' && kind !== 'rules';

/** What configures a service, by sort. */
export const groups = [
  { kind: 'configMap', title: 'ConfigMaps' },
  { kind: 'secret', title: 'Secrets' },
  { kind: 'environment', title: 'Environment' },
  { kind: 'configServer', title: 'Files of the Config Server' },
  { kind: 'overrides', title: 'Environment of instances' },
  { kind: 'loggers', title: 'Loggers' },
  { kind: 'keys', title: 'Keys of Consul' },
  { kind: 'file', title: 'Files' },
  { kind: 'rules', title: 'Rules of Sentinel' },
  { kind: 'mesh', title: 'Mesh documents' },
] as const satisfies readonly { readonly kind: ConfigDocument['kind']; readonly title: string }[];

/** "payment-settings", "VirtualService payment". */
export function shortTitle({ document, kind }: Pick<ConfigDocument, 'document' | 'kind'>): string {
  const name =
    kind === 'mesh' || kind === 'environment' || kind === 'rules'
      ? `${document.kind} ${document.name}`
      : document.name;
  return plainText(name, 90);
}

/** "ConfigMap shop/payment-settings", "File pricing.yml of the Config Server". */
export function fullTitle({ document, kind }: Pick<ConfigDocument, 'document' | 'kind'>): string {
  const ofSpring = springTitles[kind];
  if (ofSpring !== undefined) return plainText(ofSpring(document.name), 160);
  const place = document.namespace === null ? '' : `${document.namespace}/`;
  return plainText(`${document.kind} ${place}${document.name}`, 160);
}

/** What Podium itself calls documents that no peer has as such. */
const springTitles: Partial<Record<ConfigDocument['kind'], (name: string) => string>> = {
  configServer: (name) => `File ${name} of the Config Server`,
  overrides: (name) => `Environment of the instances of ${name}`,
  loggers: (name) => `Loggers of ${name}`,
};

/** "12 bytes", "34 kB", "1.0 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** An entry's value in a few words. */
export function entryHint({ value, bytes, binary, cover, notes }: ConfigEntry, isSecret: boolean): string {
  if (binary) return bytes === null ? 'binary' : `binary, ${formatBytes(bytes)}`;
  if (cover === 'masked') return 'masked by the service';
  if (isSecret || cover === 'secret') return bytes === null ? 'covered' : `covered, ${formatBytes(bytes)}`;
  if (value === null) return notes?.some((note) => note.startsWith('differs')) === true ? 'differs' : '–';
  const first = value.trimStart().split(/\r?\n/, 1)[0] ?? '';
  return value.includes('\n') ? `${plainText(first, 40)} …` : plainText(value, 48);
}

/** What taking an entry away means. */
export function removeWords({ kind }: Pick<ConfigDocument, 'kind'>): string {
  if (kind === 'loggers') return 'Take its level away';
  return kind === 'overrides' ? 'Take the override away' : 'Remove';
}

/** Why a name cannot be added; null where it can. */
export function keyProblem(
  { kind }: Pick<ConfigDocument, 'kind'>,
  key: string,
  taken: ReadonlySet<string>,
): string | null {
  if (key === '') return null;
  if (taken.has(key)) return 'There is such an entry.';
  const isProperty = kind === 'configServer' || kind === 'overrides' || kind === 'loggers';
  if (isProperty && /^[-._$a-zA-Z0-9[\]]{1,253}$/.test(key)) return null;
  if (/^[-._a-zA-Z0-9]{1,253}$/.test(key)) return null;
  return isProperty
    ? 'Letters, digits, dots, dashes, underscores and brackets only.'
    : 'Letters, digits, dots, dashes and underscores only.';
}
