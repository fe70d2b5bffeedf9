import { createHash } from 'node:crypto';

/** What somebody registers. */
export interface Registration {
  readonly service: string;
  readonly ip: string;
  readonly port: number;
  readonly version?: string;
  readonly namespaceId?: string;
  readonly group?: string;
  readonly cluster?: string;
  readonly weight?: number;
  readonly healthy?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface StoredInstance {
  readonly ip: string;
  readonly port: number;
  readonly clusterName: string;
  readonly ephemeral: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly ownWeight: number;
  healthy: boolean;
}

export interface StoredService {
  readonly namespaceId: string;
  readonly groupName: string;
  readonly name: string;
  readonly instances: Map<string, StoredInstance>;
}

export interface StoredConfig {
  readonly id: string;
  readonly content: string;
  readonly type: string;
  readonly desc: string | null;
  readonly configTags: string | null;
  readonly appName: string;
  readonly createTime: number;
  readonly modifyTime: number;
}

export interface StoredRecord {
  readonly id: string;
  readonly key: string;
  readonly opType: 'I' | 'U' | 'D';
  readonly content: string;
  readonly srcUser: string | null;
  readonly modifyTime: number;
}

/** A configuration's full name. */
export interface ConfigKey {
  readonly namespaceId: string;
  readonly group: string;
  readonly dataId: string;
}

export const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');
export const configKey = ({ namespaceId, group, dataId }: ConfigKey): string =>
  JSON.stringify([namespaceId, group, dataId]);
export const serviceKey = (namespaceId: string, group: string, name: string): string =>
  JSON.stringify([namespaceId, group, name]);
export const instanceKey = (ip: string, port: number, cluster: string): string => `${ip}#${port}#${cluster}`;

/** What Nacos keeps of an instance beside its registration. */
interface Override {
  readonly enabled: boolean;
  readonly weight: number;
}

/** Everything that the simulated server keeps; both APIs look at it. */
export interface State {
  readonly namespaces: { id: string; title: string }[];
  readonly services: Map<string, StoredService>;
  readonly configs: Map<string, StoredConfig>;
  readonly records: StoredRecord[];
  /** Who listens, with the md5 that each has, by configuration. */
  readonly listeners: Map<string, Map<string, string>>;
  register(registration: Registration): void;
  deregister(service: string, ip: string, port: number): void;
  standingOf(service: StoredService, instance: StoredInstance): Override;
  /** False where there is no such instance. */
  setStanding(key: string, instance: string, standing: Override): boolean;
  /** The time after which Nacos forgets what was set of instances that are gone (expired-metadata.expired-time). */
  forgetTheGone(): void;
  publish(
    key: ConfigKey,
    config: Omit<StoredConfig, 'id' | 'createTime' | 'modifyTime'>,
    user: string | null,
  ): void;
  remove(key: ConfigKey, user?: string): void;
}

export function createState(): State {
  const services: State['services'] = new Map();
  const configs: State['configs'] = new Map();
  const records: StoredRecord[] = [];
  const overrides = new Map<string, Override>();
  // Ids are larger than a double holds.
  let ids = 873_810_262_413_545_472n;
  let clock = 1_795_340_000_000;
  const nextId = (): string => String((ids += 1n));
  const tick = (): number => (clock += 1_000);
  const overrideKey = (service: string, instance: string): string => `${service} ${instance}`;

  return {
    namespaces: [{ id: 'public', title: 'public' }],
    services,
    configs,
    records,
    listeners: new Map(),
    register(given) {
      const { namespaceId = 'public', group = 'DEFAULT_GROUP', cluster = 'DEFAULT' } = given;
      const key = serviceKey(namespaceId, group, given.service);
      const service = services.get(key) ?? {
        namespaceId,
        groupName: group,
        name: given.service,
        instances: new Map<string, StoredInstance>(),
      };
      services.set(key, service);
      service.instances.set(instanceKey(given.ip, given.port, cluster), {
        ip: given.ip,
        port: given.port,
        clusterName: cluster,
        ephemeral: true,
        metadata: { ...(given.version === undefined ? {} : { version: given.version }), ...given.metadata },
        ownWeight: given.weight ?? 1,
        healthy: given.healthy ?? true,
      });
    },
    deregister(name, ip, port) {
      for (const [key, service] of services) {
        if (service.name !== name) continue;
        for (const [own, one] of service.instances)
          if (one.ip === ip && one.port === port) service.instances.delete(own);
        if (service.instances.size === 0) services.delete(key);
      }
    },
    standingOf({ namespaceId, groupName, name }, { ip, port, clusterName, ownWeight }) {
      const service = serviceKey(namespaceId, groupName, name);
      const set = overrides.get(overrideKey(service, instanceKey(ip, port, clusterName)));
      return set ?? { enabled: true, weight: ownWeight };
    },
    setStanding(key, instance, standing) {
      if (services.get(key)?.instances.has(instance) !== true) return false;
      overrides.set(overrideKey(key, instance), standing);
      return true;
    },
    forgetTheGone() {
      for (const key of overrides.keys()) {
        const [service = '', instance = ''] = key.split(/ (?=[^ ]+$)/);
        if (services.get(service)?.instances.has(instance) !== true) overrides.delete(key);
      }
    },
    publish(name, config, srcUser) {
      const key = configKey(name);
      const before = configs.get(key);
      const at = tick();
      // Of a change the history holds what was replaced, and of the first publication the text itself.
      records.unshift({
        id: nextId(),
        key,
        opType: before === undefined ? 'I' : 'U',
        content: before?.content ?? config.content,
        srcUser,
        modifyTime: at,
      });
      configs.set(key, {
        ...config,
        id: before?.id ?? nextId(),
        createTime: before?.createTime ?? at,
        modifyTime: at,
      });
    },
    remove(name, user = 'somebody') {
      const key = configKey(name);
      const before = configs.get(key);
      if (before === undefined) return;
      configs.delete(key);
      records.unshift({
        id: nextId(),
        key,
        opType: 'D',
        content: before.content,
        srcUser: user,
        modifyTime: tick(),
      });
    },
  };
}
