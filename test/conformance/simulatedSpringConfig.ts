import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateActuator, type SimulatedActuator } from '../../shared/rehearsal/spring/actuator.ts';
import {
  type SimulatedConfigServer,
  simulateConfigServer,
} from '../../shared/rehearsal/spring/configServer.ts';
import { type SimulatedEnvironment, simulateEnvironment } from '../../shared/rehearsal/spring/environment.ts';
import { type SimulatedEureka, simulateEureka } from '../../shared/rehearsal/spring/eureka.ts';
import { type SimulatedLoggers, simulateLoggers } from '../../shared/rehearsal/spring/loggers.ts';
import { quickClock } from './simulatedSpring.ts';
import { configTexts, type SpringConfigUnderTest } from './springConfig.ts';

interface SimulatedInstance {
  readonly actuator: SimulatedActuator;
  readonly environment: SimulatedEnvironment;
  readonly loggers: SimulatedLoggers;
}

/** The simulated shop with its Config Server, and its parts at hand. */
export interface SimulatedSpringConfig extends SpringConfigUnderTest {
  readonly eureka: SimulatedEureka;
  readonly server: SimulatedConfigServer;
  readonly instances: ReadonlyMap<string, SimulatedInstance>;
}

export async function simulatedSpringConfig(): Promise<SimulatedSpringConfig> {
  await using stack = new AsyncDisposableStack();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'podium-config-')));
  stack.defer(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [file, text] of Object.entries(configTexts)) writeFileSync(join(folder, file), text);
  const eureka = stack.use(await simulateEureka());
  const server = stack.use(await simulateConfigServer(folder));
  const instances = new Map<string, SimulatedInstance>();
  stack.defer(async () => {
    for (const { actuator } of instances.values()) await actuator[Symbol.asyncDispose]();
  });
  const of = (id: string): SimulatedInstance => {
    const found = instances.get(id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  };
  const start = async (app: string, id: string): Promise<void> => {
    const register = (): void => {
      const port = instances.get(id)?.actuator.port;
      if (port !== undefined) eureka.register({ app, id, port, version: 'v1' });
    };
    const environment = simulateEnvironment({
      own: { 'spring.application.name': app, 'shop.instance': id },
      handedOut: () => server.sources(app, ['default']),
      // As Eureka's client does: away for a moment.
      refreshed() {
        eureka.remove(app, id);
        setTimeout(register, 30);
      },
    });
    const loggers = simulateLoggers({ 'org.apache.catalina': 'WARN', 'podium.peers': null });
    instances.set(id, {
      environment,
      loggers,
      actuator: await simulateActuator([], [environment.endpoint, loggers.endpoint]),
    });
    register();
  };
  for (const app of ['payment', 'order']) for (const number of [1, 2]) await start(app, `${app}-${number}`);
  const whole = stack.move();
  return {
    settings: {
      address: `http://127.0.0.1:${eureka.port}`,
      within: '127.0.0.0/8',
      actuatorHeaders: [],
      configServer: { address: `http://127.0.0.1:${server.port}`, headers: [], folder },
    },
    clock: quickClock,
    folder,
    eureka,
    server,
    instances,
    greetingOf: (id) => Promise.resolve(of(id).environment.used('payment.greeting')),
    overrideByHand(id, key, value) {
      of(id).environment.overrides.set(key, value);
      return Promise.resolve();
    },
    overridesIn: (id) => Promise.resolve(Object.fromEntries(of(id).environment.overrides)),
    levelIn: (id, logger) => Promise.resolve(of(id).loggers.levels.get(logger) ?? null),
    async joinMasking() {
      await start('order', 'order-3');
      Object.assign(of('order-3').environment, { masks: true, writable: false });
      return 'order-3';
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}
