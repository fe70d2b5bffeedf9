import { z } from 'zod';
import { PeerError } from '../kit/peerError.ts';
import {
  type ConfigName,
  defaultGroup,
  type InstanceName,
  type Page,
  publicId,
  type ServiceName,
} from './api.ts';

// What Nacos hands out was said by whoever registered or published it: bounded, and left out where it does not fit.
const id = z.string().min(1).max(512);
const count = z.coerce.number().int().nonnegative();
const mostMetadata = 200;

const Paged = z.object({ totalCount: count, pageItems: z.array(z.unknown()).nullish() });
const Counted = z.object({ count, services: z.array(z.unknown()).nullish() });

const notThePeer = (what: string): PeerError =>
  new PeerError('notThePeer', `What is told as ${what} is not shaped as Nacos’ should be.`);

export function pageOf(data: unknown): Page {
  const read = Paged.safeParse(data).data;
  if (read === undefined) throw notThePeer('a list');
  return { items: read.pageItems ?? [], total: read.totalCount };
}

/** A list of names, as Nacos 2 has it of services. */
export function countedOf(data: unknown): Page {
  const read = Counted.safeParse(data).data;
  if (read === undefined) throw notThePeer('a list of services');
  return { items: read.services ?? [], total: read.count };
}

/** A namespace with what it is called on screens. */
export interface Namespace {
  readonly id: string;
  readonly title: string;
}

const NamespaceShape = z.object({
  namespace: z.string().max(512),
  namespaceShowName: z.string().max(512).nullish(),
});

export function namespacesOf(data: unknown): Namespace[] {
  if (!Array.isArray(data)) throw notThePeer('namespaces');
  return (data as unknown[]).flatMap((one) => {
    const read = NamespaceShape.safeParse(one).data;
    if (read === undefined) return [];
    // The default one has no id in older answers.
    const own = read.namespace === '' ? publicId : read.namespace;
    return [{ id: own, title: read.namespaceShowName ?? own }];
  });
}

/** A service in a list, with what tells that its instances changed. */
export interface Summary {
  readonly service: ServiceName;
  /** Null where the list names services and nothing else. */
  readonly mark: string | null;
}

const SummaryShape = z.object({
  name: id,
  groupName: id,
  clusterCount: count.nullish(),
  ipCount: count.nullish(),
  healthyInstanceCount: count.nullish(),
});

export function summaryOf(raw: unknown, namespaceId: string): Summary | null {
  const read = SummaryShape.safeParse(raw).data;
  if (read === undefined) return null;
  const counts = [read.clusterCount, read.ipCount, read.healthyInstanceCount];
  return {
    service: { namespaceId, group: read.groupName, name: read.name },
    mark: counts.every((one) => one === null || one === undefined) ? null : counts.join('/'),
  };
}

/** One registered instance. */
export interface Registered extends InstanceName {
  readonly healthy: boolean;
  readonly enabled: boolean;
  /** Goes with its connection; null where the answer does not say. */
  readonly ephemeral: boolean | null;
  readonly weight: number;
  readonly metadata: ReadonlyMap<string, string>;
}

const InstanceShape = z.object({
  ip: id,
  port: z.coerce.number().int().min(0).max(65_535),
  weight: z.coerce.number().min(0).max(1_000_000),
  healthy: z.boolean(),
  // An instance read by itself from Nacos 2 does not say it.
  enabled: z.boolean().nullish(),
  ephemeral: z.boolean().nullish(),
  clusterName: z.string().max(512).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});

/** Instances of a service, and how many could not be read; a list, or the list in an envelope of its own as clients get it. */
export function instancesOf(data: unknown, service: ServiceName): { all: Registered[]; unread: number } {
  const hosts = Array.isArray(data)
    ? data
    : z.object({ hosts: z.array(z.unknown()) }).safeParse(data).data?.hosts;
  if (hosts === undefined) throw notThePeer(`instances of ${service.name.slice(0, 80)}`);
  const all = (hosts as unknown[]).flatMap((one) => instanceOf(one, service) ?? []);
  return { all, unread: hosts.length - all.length };
}

/** One instance; the manual shows it alone in a list too. `enabled` is null where the answer does not say. */
export function instanceOf(raw: unknown, service: ServiceName): Registered | null {
  const read = InstanceShape.safeParse(Array.isArray(raw) ? raw[0] : raw).data;
  if (read === undefined) return null;
  const metadata = Object.entries(read.metadata ?? {})
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .slice(0, mostMetadata);
  return {
    service,
    cluster: read.clusterName ?? 'DEFAULT',
    ip: read.ip,
    port: read.port,
    healthy: read.healthy,
    enabled: read.enabled ?? true,
    ephemeral: read.ephemeral ?? null,
    weight: read.weight,
    metadata: new Map(metadata),
  };
}

/** Nacos 3 says groupName and namespaceId where Nacos 2 says group and tenant. */
const ConfigShape = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  dataId: id,
  groupName: id.nullish(),
  group: id.nullish(),
  content: z.string().nullish(),
  md5: z.string().nullish(),
  type: z.string().max(100).nullish(),
  desc: z.string().nullish(),
  configTags: z.string().nullish(),
  appName: z.string().nullish(),
  encryptedDataKey: z.string().nullish(),
});

/** A configuration in a list. */
export function configNameOf(raw: unknown, namespaceId: string): ConfigName | null {
  const read = ConfigShape.safeParse(raw).data;
  if (read === undefined) return null;
  return { namespaceId, group: read.groupName ?? read.group ?? defaultGroup, dataId: read.dataId };
}

/** A configuration with its content and all that goes with it. */
export interface Config {
  readonly name: ConfigName;
  /** Another one after it was deleted and made anew; empty where the answer does not say. */
  readonly id: string;
  readonly content: string;
  readonly md5: string | null;
  readonly type: string | null;
  readonly description: string | null;
  readonly tags: string | null;
  readonly appName: string | null;
  /** Kept encrypted by a plugin of the server's. */
  readonly isEncrypted: boolean;
}

export function configOf(raw: unknown, name: ConfigName): Config {
  const read = ConfigShape.safeParse(raw).data;
  if (read === undefined || typeof read.content !== 'string')
    throw notThePeer(`configuration ${name.dataId.slice(0, 80)}`);
  return {
    name,
    id: read.id === null || read.id === undefined ? '' : String(read.id),
    content: read.content,
    md5: read.md5 ?? null,
    type: read.type ?? null,
    description: read.desc ?? null,
    tags: read.configTags ?? null,
    appName: read.appName ?? null,
    isEncrypted: isEncrypted(name) || (read.encryptedDataKey ?? '') !== '',
  };
}

/** By their names the server knows what its encryption plugins are to encrypt (manual “Config encryption plugin”). */
export const isEncrypted = ({ dataId }: Pick<ConfigName, 'dataId'>): boolean => dataId.startsWith('cipher-');

/** One record of a configuration's history. */
export interface HistoryRecord {
  readonly id: string;
  /** I: made, U: replaced, D: deleted. */
  readonly verb: string;
  readonly at: number | null;
  readonly who: string | null;
  readonly from: string | null;
  /** What was replaced or deleted, or first written; null in lists. */
  readonly content: string | null;
  /** Published to some clients only. */
  readonly isGray: boolean;
}

const RecordShape = z.object({
  id: z.union([z.string(), z.number()]),
  opType: z.string().nullish(),
  publishType: z.string().nullish(),
  modifyTime: z.coerce.number().nullish().catch(null),
  lastModifiedTime: z.string().nullish(),
  srcUser: z.string().max(512).nullish(),
  srcIp: z.string().max(512).nullish(),
  content: z.string().nullish(),
});

export function recordOf(raw: unknown): HistoryRecord | null {
  const read = RecordShape.safeParse(raw).data;
  if (read === undefined) return null;
  const at = read.modifyTime ?? Date.parse(read.lastModifiedTime ?? '');
  return {
    id: String(read.id),
    // It is padded to ten characters.
    verb: (read.opType ?? '').trim(),
    at: Number.isFinite(at) ? at : null,
    who: said(read.srcUser),
    from: said(read.srcIp),
    content: read.content ?? null,
    isGray: (read.publishType ?? 'formal').trim() === 'gray',
  };
}

/** Who listens to a configuration: by address, the md5 of what each has. */
export function listenersOf(data: unknown): ReadonlyMap<string, string> | null {
  const read = z.object({ listenersStatus: z.record(z.string(), z.string()) }).safeParse(data).data;
  return read === undefined ? null : new Map(Object.entries(read.listenersStatus));
}

const said = (text: string | null | undefined): string | null =>
  text === null || text === undefined || text.trim() === '' ? null : text.trim();
