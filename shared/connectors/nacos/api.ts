/** A service's full name. Its namespace is an id. */
export interface ServiceName {
  readonly namespaceId: string;
  readonly group: string;
  readonly name: string;
}

/** An instance's full name: Nacos has no shorter one. */
export interface InstanceName {
  readonly service: ServiceName;
  readonly cluster: string;
  readonly ip: string;
  readonly port: number;
}

/** A configuration's full name. */
export interface ConfigName {
  readonly namespaceId: string;
  readonly group: string;
  readonly dataId: string;
}

/** One page of a list: raw items, for what they hold is anybody's word. */
export interface Page {
  readonly items: readonly unknown[];
  /** Of all pages. */
  readonly total: number;
}

/** What of an instance can be changed from outside. */
export interface Standing {
  readonly enabled: boolean;
  readonly weight: number;
}

/** A configuration as it is to be: Nacos forgets what of it is left out. */
export interface Publication {
  readonly name: ConfigName;
  readonly content: string;
  readonly type: string | null;
  readonly description: string | null;
  readonly tags: string | null;
  readonly appName: string | null;
}

/** The part of Nacos' API that Podium uses, whatever its version; `v3.ts` and `v2.ts` alone know paths. Everything throws `PeerError`. */
export interface NacosApi {
  readonly route: string;
  /** Where its paths begin, for what is copied: "http://nacos.example.com:8848/nacos". */
  readonly url: string;
  readonly dialect: 'v3' | 'v2';
  /** Whether a publication can be fenced by the md5 of what it replaces. */
  readonly fences: boolean;
  namespaces(signal: AbortSignal): Promise<unknown>;
  /** Pages begin at 1. */
  services(namespaceId: string, page: number, signal: AbortSignal): Promise<Page>;
  instances(service: ServiceName, signal: AbortSignal): Promise<unknown>;
  /** An instance that the list may leave out, for it leaves out those out of service; null where it has all of them. */
  readonly unlisted: ((name: InstanceName, signal: AbortSignal) => Promise<unknown>) | null;
  /** Both are always said: what is left out would go back to its default (weight 1, enabled), in spite of the name. */
  setStanding(name: InstanceName, standing: Standing, signal: AbortSignal): Promise<void>;
  /** What clients are given, as one of them. */
  given(service: ServiceName, signal: AbortSignal): Promise<unknown>;
  configs(namespaceId: string, page: number, signal: AbortSignal): Promise<Page>;
  /** With its content. `notFound` where there is none. */
  config(name: ConfigName, signal: AbortSignal): Promise<unknown>;
  /** Throws `conflict` where its md5 is not that one any more. Makes it anew where it was deleted. */
  publish(publication: Publication, md5: string, signal: AbortSignal): Promise<void>;
  /** Newest first. */
  history(name: ConfigName, signal: AbortSignal): Promise<Page>;
  /** One record of it with its content: what was replaced or deleted, or what was first written. */
  record(name: ConfigName, id: string, signal: AbortSignal): Promise<unknown>;
  /** Who listens, with the md5 of what each has; null where this version does not tell. */
  listeners(name: ConfigName, signal: AbortSignal): Promise<unknown>;
}

/** So many of a list in one answer; Nacos gives no more than this (Admin API manual 2.26, 3.12). */
export const pageSize = 500;

export const defaultGroup = 'DEFAULT_GROUP';
/** The default namespace's id. */
export const publicId = 'public';
