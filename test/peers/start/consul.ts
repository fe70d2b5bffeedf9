import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../command.ts';
import {
  type ConsulUser,
  consulRules,
  consulTokens,
  instanceRange,
  shopEntries,
  type ShopInstance,
  shopInstances,
  shopPorts,
} from './consulShop.ts';
import { createProcesses, type Running, statusOf, waitFor } from './processes.ts';

/** A real Consul agent with its certificate authority, and unless told otherwise a shop of services with Envoy sidecars. */
export interface ConsulPeer extends AsyncDisposable {
  readonly url: string;
  readonly datacenter: string;
  readonly runDir: string;
  readonly agent: Running;
  /** The programs behind the sidecars: `GET /_count`, `POST /_mode?service=payment-v2&failRatio=0.2`, `POST /_rate?perSecond=50`. */
  readonly worldUrl: string | null;
  /** Asks the agent as one of its users; any status is an answer. */
  call(method: string, path: string, body?: unknown, user?: ConsulUser): Promise<ConsulAnswer>;
  /** Stops a sidecar and starts it anew, as a pod that is replaced; `cut` leaves it stopped. */
  restartSidecar(id: string): Promise<void>;
  readonly sidecars: ReadonlyMap<string, Running>;
}

export interface ConsulAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface ConsulOptions {
  /** Folder of the consul program. */
  readonly consulDir: string;
  /** Folder of Envoy; without it there is the agent alone. */
  readonly envoyDir: string | null;
  readonly runDir: string;
  /** Customers per second at edge; 40 when not given. */
  readonly requestsPerSecond?: number;
}

const url = 'http://127.0.0.1:8500';
const datacenter = 'dc1';
const worldPort = 17_100;

/** Starts it in the tier's network namespace, and waits until calls go through the sidecars to every version. */
export async function startConsul(options: ConsulOptions): Promise<ConsulPeer> {
  const runDir = join(options.runDir, 'consul');
  await mkdir(runDir, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const processes = stack.use(createProcesses(runDir));
  const program = join(options.consulDir, 'consul');
  const configFile = join(runDir, 'agent.json');
  await writeFile(configFile, JSON.stringify(agentConfiguration), { mode: 0o600 });
  const agent = processes.start({
    name: 'consul',
    command: program,
    args: ['agent', '-dev', '-node=n1', '-bind=127.0.0.1', '-client=127.0.0.1', `-config-file=${configFile}`],
  });
  const call: ConsulPeer['call'] = async (method, path, body, user = 'admin') => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-consul-token': consulTokens[user] },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const put = async (path: string, body: unknown): Promise<string> => {
    const { status, text } = await call('PUT', path, body);
    if (status !== 200) throw new Error(`PUT ${path}: ${status} ${text}`);
    return text;
  };
  const agentIsUp = { limitMs: 30_000, needs: [agent] };
  await waitFor('the certificate authority of Consul', agentIsUp, async () => {
    return (await call('GET', '/v1/connect/ca/roots')).status === 200;
  });
  for (const [name, rules] of Object.entries(consulRules)) {
    await put('/v1/acl/policy', { Name: name, Rules: rules });
    await put('/v1/acl/token', {
      AccessorID: consulTokens[name as ConsulUser].replaceAll('4', '6').replace(/^./, 'a'),
      SecretID: consulTokens[name as ConsulUser],
      Description: name,
      Policies: [{ Name: name }],
    });
  }
  const sidecars = new Map<string, Running>();
  const { envoyDir } = options;
  const startSidecar = async (instance: ShopInstance): Promise<void> => {
    const running = processes.start({
      name: `envoy-${instance.id}`,
      command: join(envoyDir ?? '', 'envoy'),
      args: [
        ...['-c', join(runDir, `bootstrap-${instance.id}.json`), '--disable-hot-restart'],
        ...['--concurrency', '1', '-l', 'warning'],
      ],
    });
    sidecars.set(instance.id, running);
    await waitFor(`the sidecar of ${instance.id}`, { limitMs: 60_000, needs: [running] }, async () => {
      return (await statusOf(`http://${instance.address}:${shopPorts.admin}/ready`)) === 200;
    });
  };
  if (envoyDir !== null) {
    await runCommand('ip', ['route', 'replace', 'local', instanceRange, 'dev', 'lo'], {
      timeLimitMs: 10_000,
    });
    const world = processes.start({
      name: 'consul-world',
      command: process.execPath,
      args: [fileURLToPath(new URL('consulWorld.ts', import.meta.url))],
      env: { ...process.env, PODIUM_CONSUL_WORLD: JSON.stringify(worldSettings(options)) },
    });
    await waitFor('the programs of the shop', { limitMs: 30_000, needs: [world] }, async () => {
      return (await statusOf(`http://127.0.0.1:${worldPort}/_count`)) === 200;
    });
    for (const entry of shopEntries) await put('/v1/config', entry);
    for (const instance of shopInstances) {
      await put('/v1/agent/service/register', registrationOf(instance));
      await writeBootstrap(program, instance, runDir);
    }
    await Promise.all(shopInstances.map(startSidecar));
    await waitFor('a payment through the sidecars', { limitMs: 60_000, needs: [agent] }, async () => {
      return (await statusOf(`http://${shopInstances[0]?.address}:${shopPorts.service}/checkout`)) === 200;
    });
    // Checks of a sidecar are critical until they ran once; until then a version can be without an instance.
    await waitFor('every check to pass', { limitMs: 60_000, needs: [agent] }, async () => {
      const { text } = await call('GET', '/v1/health/state/any');
      return !/"Status":"(critical|warning)"/.test(text);
    });
  }
  const whole = stack.move();
  return {
    url,
    datacenter,
    runDir,
    agent,
    worldUrl: envoyDir === null ? null : `http://127.0.0.1:${worldPort}`,
    call,
    sidecars,
    async restartSidecar(id) {
      const running = sidecars.get(id);
      const instance = shopInstances.find((one) => one.id === id);
      if (running === undefined || instance === undefined) throw new Error(`there is no sidecar of ${id}`);
      await processes.stop(running);
      await startSidecar(instance);
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

const agentConfiguration = {
  disable_update_check: true,
  log_level: 'info',
  datacenter,
  limits: { http_max_conns_per_client: 2_000 },
  ports: { dns: -1, grpc: 8502, grpc_tls: -1 },
  acl: {
    enabled: true,
    default_policy: 'deny',
    tokens: { initial_management: consulTokens.admin, agent: consulTokens.admin },
  },
};

function worldSettings({ requestsPerSecond = 40 }: ConsulOptions): unknown {
  return {
    instances: shopInstances,
    servicePort: shopPorts.service,
    controlPort: worldPort,
    requestsPerSecond,
    lifeSeconds: 3_600,
  };
}

function registrationOf({ id, name, version, address, upstreams }: ShopInstance): unknown {
  return {
    Name: name,
    ID: id,
    Address: address,
    Port: shopPorts.service,
    Tags: ['shop'],
    // The sidecar gets these too as long as it has none of its own: subsets are chosen by them.
    Meta: {
      version,
      team: name === 'payment' ? 'money' : 'shop',
      'envoy-admin-address': `${address}:${shopPorts.admin}`,
    },
    Check: { HTTP: `http://${address}:${shopPorts.service}/healthz`, Interval: '2s' },
    Connect: {
      SidecarService: {
        Port: shopPorts.sidecar,
        Address: address,
        // A check of one's own takes the place of the alias, without which a sick program stays in the mesh.
        Checks: [{ TCP: `${address}:${shopPorts.sidecar}`, Interval: '2s' }, { AliasService: id }],
        Proxy: {
          // The program listens on this address alone, as it would behind a machine's own loopback.
          LocalServiceAddress: address,
          Config: { envoy_prometheus_bind_addr: `${address}:${shopPorts.metrics}` },
          Upstreams: Object.entries(upstreams).map(([upstream, port]) => ({
            DestinationName: upstream,
            LocalBindAddress: address,
            LocalBindPort: port,
          })),
        },
      },
    },
  };
}

async function writeBootstrap(program: string, { id, address }: ShopInstance, runDir: string): Promise<void> {
  const flags = [`-sidecar-for=${id}`, `-admin-bind=${address}:${shopPorts.admin}`, '-bootstrap'];
  // The newest Envoy is newer than those this Consul knows of; it takes everything that Consul sends.
  const bootstrap = await runCommand(program, ['connect', 'envoy', ...flags, '-ignore-envoy-compatibility'], {
    timeLimitMs: 30_000,
    env: {
      ...process.env,
      CONSUL_HTTP_ADDR: url,
      CONSUL_GRPC_ADDR: '127.0.0.1:8502',
      CONSUL_HTTP_TOKEN: consulTokens.admin,
    },
  });
  await writeFile(join(runDir, `bootstrap-${id}.json`), bootstrap, { mode: 0o600 });
}
