import { type Answered, type Answerer, serve, type Served, springError } from './server.ts';

/** What somebody registers. */
export interface Registration {
  readonly app: string;
  readonly id: string;
  readonly port: number;
  readonly version: string;
  readonly ip?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What it says beside its address; whoever goes there is led somewhere. */
  readonly urls?: Readonly<Record<string, string>>;
  /** Names to look it up by, beside its own. */
  readonly vips?: readonly string[];
  /** When it came up; a moment ago where nothing is said. */
  readonly upSince?: number;
}

interface Entry {
  readonly raw: Record<string, unknown>;
  own: string;
  override: string | null;
  isUnknown: boolean;
}

/** A Eureka server in memory: overrides, a cache before its lists, differences. Its answers have the shape of the recorded ones. */
export interface SimulatedEureka extends Served {
  register(registration: Registration): void;
  remove(app: string, id: string): void;
  statusOf(app: string, id: string): string | null;
  /** The lists stay as they are until this is false again. */
  holdLists: boolean;
  /** Differences are refused, as a server can be told to. */
  withoutDelta: boolean;
  /** A list of one is written as the thing itself, as older servers do. */
  bareLists: boolean;
}

/** Lets in only who sends `authorization`; everybody where nothing is said. */
export async function simulateEureka(authorization?: string): Promise<SimulatedEureka> {
  const entries = new Map<string, Entry>();
  const settings = { holdLists: false, withoutDelta: false, bareLists: false };
  let listed = '';
  let registrations = 1_795_340_000_000;

  const statusOf = (entry: Entry): string => (entry.isUnknown ? 'UNKNOWN' : (entry.override ?? entry.own));
  const written = (entry: Entry): Record<string, unknown> => ({
    ...entry.raw,
    status: statusOf(entry),
    overriddenStatus: entry.override ?? 'UNKNOWN',
  });
  const few = (list: readonly unknown[]): unknown =>
    settings.bareLists && list.length === 1 ? list[0] : list;
  function lists(): unknown {
    if (settings.holdLists && listed !== '') return JSON.parse(listed);
    const all = [...entries.values()];
    const application = [...Map.groupBy(all, ({ raw }) => String(raw['app']))].map(([name, of]) => ({
      name,
      instance: few(of.map(written)),
    }));
    const made = {
      applications: {
        versions__delta: '1',
        apps__hashcode: hashcodeOf(all.map(statusOf)),
        application: few(application),
      },
    };
    listed = JSON.stringify(made);
    return made;
  }

  const answer: Answerer = ({ method, path, query, body, headers }) => {
    if (authorization !== undefined && headers.authorization !== authorization)
      return springError(401, 'Unauthorized', path);
    const [, , , app = '', id = '', what = ''] = path.split('/');
    if (path === '/eureka/apps' && method === 'GET') return { status: 200, body: lists() };
    if (path === '/eureka/apps/delta' && method === 'GET')
      return settings.withoutDelta ? springError(403, 'Forbidden', path) : { status: 200, body: lists() };
    if (id === '' && method === 'POST') {
      const { instance } = JSON.parse(body) as { instance: Record<string, unknown> };
      put(instance);
      return { status: 204 };
    }
    const entry = entries.get(`${app}/${id}`);
    if (entry === undefined) return springError(404, 'Not Found', path);
    if (what === 'status') return override(entry, method, query.get('value'), path);
    if (method === 'GET') return { status: 200, body: { instance: written(entry) } };
    if (method === 'DELETE') {
      entries.delete(`${app}/${id}`);
      return { status: 200 };
    }
    return springError(405, 'Method Not Allowed', path);
  };

  function override(entry: Entry, method: string, value: string | null, path: string): Answered {
    if (method === 'PUT') {
      if (value === null || !['UP', 'DOWN', 'STARTING', 'OUT_OF_SERVICE', 'UNKNOWN'].includes(value))
        return springError(500, 'Internal Server Error', path);
      entry.override = value;
      entry.isUnknown = false;
      return { status: 200 };
    }
    entry.override = null;
    entry.isUnknown = value === null;
    if (value !== null) entry.own = value;
    return { status: 200 };
  }

  function put(instance: Record<string, unknown>, upSince?: number): void {
    registrations = upSince ?? registrations + 1_000;
    const raw = {
      ...instance,
      leaseInfo: {
        renewalIntervalInSecs: 30,
        durationInSecs: 90,
        registrationTimestamp: registrations,
        lastRenewalTimestamp: registrations,
        evictionTimestamp: 0,
        serviceUpTimestamp: registrations,
      },
      lastUpdatedTimestamp: String(registrations),
      lastDirtyTimestamp: String(registrations),
      actionType: 'ADDED',
    };
    const key = `${String(instance['app'])}/${String(instance['instanceId'])}`;
    entries.set(key, { raw, own: 'UP', override: entries.get(key)?.override ?? null, isUnknown: false });
  }

  const served = await serve(answer);
  return Object.assign(settings, {
    port: served.port,
    asked: served.asked,
    register: (registration: Registration) => put(instanceOf(registration), registration.upSince),
    remove: (app: string, id: string) => void entries.delete(`${app.toUpperCase()}/${id}`),
    statusOf(app: string, id: string) {
      const entry = entries.get(`${app.toUpperCase()}/${id}`);
      return entry === undefined ? null : statusOf(entry);
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  });
}

/** "DOWN_1_UP_3_": how many there are of each status. */
function hashcodeOf(statuses: readonly string[]): string {
  return [...Map.groupBy(statuses, (status) => status)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([status, of]) => `${status}_${of.length}_`)
    .join('');
}

/** What Spring's client registers. */
export function instanceOf({
  app,
  id,
  port,
  version,
  ip = '127.0.0.1',
  metadata = {},
  urls = {},
  vips = [],
}: Registration) {
  const base = `http://${ip}:${port}`;
  return {
    instanceId: id,
    hostName: ip,
    app: app.toUpperCase(),
    ipAddr: ip,
    status: 'UP',
    overriddenStatus: 'UNKNOWN',
    port: { $: port, '@enabled': 'true' },
    securePort: { $: 443, '@enabled': 'false' },
    countryId: 1,
    dataCenterInfo: { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' },
    metadata: { 'management.port': String(port), version, ...metadata },
    homePageUrl: `${base}/`,
    statusPageUrl: `${base}/actuator/info`,
    healthCheckUrl: `${base}/actuator/health`,
    ...urls,
    vipAddress: [app, ...vips].join(','),
    secureVipAddress: app,
    isCoordinatingDiscoveryServer: 'false',
  };
}
