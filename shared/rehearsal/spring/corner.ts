import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../traffic/random.ts';
import { type SimulatedActuator, simulateActuator } from './actuator.ts';
import { simulateConfigServer } from './configServer.ts';
import { simulateEnvironment } from './environment.ts';
import { simulateEureka } from './eureka.ts';
import { createGateway, fileRoute } from './gateway.ts';
import { simulateLoggers } from './loggers.ts';
import type { Meters } from './meters.ts';
import { partnerFiles } from './partnerFiles.ts';
import { type CornerInstance, type CornerService, partners } from './partners.ts';
import { createPrograms } from './programs.ts';
import type { Endpoint } from './server.ts';

/** What can be made to happen here: a service that fails, and one more instance of another. */
export const cornerIncidents = ['discountsFail', 'pricingGrows', 'calm'] as const;
export type CornerIncident = (typeof cornerIncidents)[number];

/** The rehearsal's Spring corner: a registry and the actuators of whatever registers there. */
export interface SpringCorner extends AsyncDisposable {
  /** Of the Eureka server. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** Where its actuators lie. */
  readonly within: string;
  /** The `Authorization` that actuators let in. */
  readonly actuatorAuthorization: string;
  /** The Config Server, and the folder that it hands out. */
  readonly configServer: { readonly address: string; readonly folder: string };
  play(incident: CornerIncident): Promise<void>;
}

const day = 86_400_000;
/** How long ago whatever runs here was started. */
const upFor = 2 * day;

/** Starts it on loopback, on ports that are free. Nothing of it runs but when it is asked, its past included. */
export async function startCorner({
  seed,
  now = Date.now,
  demand = () => 1,
}: {
  readonly seed: number;
  readonly now?: () => number;
  readonly demand?: () => number;
}): Promise<SpringCorner> {
  await using stack = new AsyncDisposableStack();
  const [user, password] = ['podium', secret()];
  const actuatorAuthorization = basic('actuator', secret());
  const eureka = stack.use(await simulateEureka(basic(user, password)));
  const folder = configFolder();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const config = stack.use(await simulateConfigServer(folder));
  const startedAt = now() - upFor;
  const running = new Map<string, SimulatedActuator>();
  stack.defer(async () => {
    for (const actuator of running.values()) await actuator[Symbol.asyncDispose]();
  });

  const known = (): readonly CornerInstance[] => programs.all.map(({ instance }) => instance);
  const random = createRandom(seed ^ 0x51ed270b);
  const programs = createPrograms({
    random,
    now,
    startAt: startedAt,
    demand,
    listed: () =>
      new Set(
        programs.all
          .filter(({ service, instance }) => eureka.statusOf(service.name, instance.id) === 'UP')
          .map(({ instance }) => instance.id),
      ),
  });

  function settle(): void {
    programs.settle(now());
    const counts = Map.groupBy(programs.all, ({ service }) => service.name.toUpperCase());
    for (const { instance, view } of programs.all) {
      const seen = [...counts].map(([app, of]) => [
        app,
        of.filter((one) => view.has(one.instance.id)).length,
      ]);
      const actuator = running.get(instance.id);
      if (actuator !== undefined) actuator.clientView = Object.fromEntries(seen) as Record<string, number>;
    }
  }

  async function start(service: CornerService, instance: CornerInstance, upSince: number): Promise<void> {
    const port = instance.isGone === true ? await closedPort() : await serveProgram(service, instance);
    eureka.register({
      app: service.name,
      id: instance.id,
      port,
      version: instance.version,
      metadata: { team: service.team, zone: instance.zone },
      vips: service.vips ?? [],
      upSince,
    });
  }

  async function serveProgram(service: CornerService, instance: CornerInstance): Promise<number> {
    const program = programs.add(service, instance);
    const { breakers, meters } = program;
    const routes: Endpoint = (request) => program.gateway?.endpoint(request);
    const environment = simulateEnvironment({
      own: { 'spring.application.name': service.name, 'shop.zone': instance.zone },
      handedOut: () => config.sources(service.name, ['default']),
    });
    const loggers = simulateLoggers({ 'org.springframework.web': null, [`shop.${service.name}`]: null });
    const endpoints = [
      environment.endpoint,
      loggers.endpoint,
      ...(service.divides === undefined ? [] : [routes]),
    ];
    const actuator = await simulateActuator([], endpoints, {
      breakers,
      meters,
      now,
      settle,
      authorization: actuatorAuthorization,
    });
    running.set(instance.id, actuator);
    program.address = `http://127.0.0.1:${actuator.port}`;
    return actuator.port;
  }

  let order = 0;
  for (const service of partners)
    for (const instance of service.instances) {
      order += 1;
      await start(service, instance, startedAt + order * 7_000);
    }
  // Routes lead to addresses, and everybody has one by now.
  for (const program of programs.all) {
    const { divides } = program.service;
    if (divides !== undefined) program.gateway = gatewayTo(divides, program.meters);
  }
  const whole = stack.move();
  return {
    address: `http://127.0.0.1:${eureka.port}`,
    user,
    password,
    within: '127.0.0.1/32',
    actuatorAuthorization,
    configServer: { address: `http://127.0.0.1:${config.port}`, folder },
    async play(incident) {
      settle();
      switch (incident) {
        case 'discountsFail':
          programs.failing.add('discounts');
          return;
        case 'pricingGrows':
          await grow('pricing');
          return;
        case 'calm':
          programs.failing.clear();
      }
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };

  function gatewayTo({ to, path, weights }: NonNullable<CornerService['divides']>, meters: Meters) {
    const file = programs.all
      .filter(({ service }) => service.name === to)
      .map(({ instance, address = '' }, i) =>
        fileRoute(`${to}-${instance.version}`, address, path, to, weights[i] ?? 0),
      );
    return createGateway({ file, meters, fraction: random.next, now });
  }

  /** One more of a service, as somebody would start it by hand. */
  async function grow(name: string): Promise<void> {
    const service = partners.find((one) => one.name === name);
    const [first] = service?.instances ?? [];
    if (service === undefined || first === undefined) throw new Error(`there is no service ${name}`);
    const taken = new Set(known().map(({ id }) => id));
    let number = 2;
    while (taken.has(`${name}-east-${number}`)) number += 1;
    await start(service, { id: `${name}-east-${number}`, zone: 'east', version: first.version }, now());
  }
}

const secret = (): string => randomBytes(18).toString('base64url');

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** A folder of its own on this machine, which ends with the rehearsal. */
function configFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'podium-partners-')));
  for (const [file, text] of Object.entries(partnerFiles)) writeFileSync(join(folder, file), text);
  return folder;
}

/** A port at which somebody listened until a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}
