import { z } from 'zod';
import type { Log, RehearsalPort, RehearsalSystem } from '../core/ports.ts';
import { spawnFleet, type FleetProcess } from './fleetProcess.ts';

/** It computes an hour of figures first: some seconds, and ten times that on a machine that is busy. One that ends is heard at once. */
const startWithinMs = 180_000;
const answerWithinMs = 5_000;
/** The context of the fleet's kubeconfig that may write. */
const operatorContext = 'shop-rehearsal';

const Ready = z.object({
  ready: z.literal(true),
  kubeconfig: z.string(),
  /** The second data centre, where there is one. */
  consul: z
    .object({ address: z.string(), datacenter: z.string(), token: z.string(), prometheusUrl: z.string() })
    .optional(),
  /** The Spring corner, where there is one. */
  spring: z
    .object({
      address: z.string(),
      user: z.string(),
      password: z.string(),
      within: z.string(),
      actuatorAuthorization: z.string(),
      configServer: z.object({ address: z.string(), folder: z.string() }),
    })
    .optional(),
});
const Played = z.object({ incident: z.string(), ok: z.boolean(), error: z.string().optional() });

/** The rehearsal's port, and the end of its process. */
export interface Rehearsal extends RehearsalPort, AsyncDisposable {}

/** Starts the built-in fleet when it is first asked for, once, and ends it with us. One that died is started again. */
export function createRehearsal(log: Log, startProcess: () => FleetProcess = spawnFleet): Rehearsal {
  let current: Fleet | null = null;
  const running = (): Fleet => {
    if (current !== null) return current;
    const started = startFleet(startProcess(), log);
    current = started;
    void started.ended.then(() => {
      if (current === started) current = null;
    });
    return started;
  };
  return {
    async start() {
      return systemsOf(await running().ready);
    },
    async trigger(incident) {
      const fleet = running();
      await fleet.ready;
      await fleet.play(incident);
    },
    async [Symbol.asyncDispose]() {
      const fleet = current;
      if (fleet === null) return;
      fleet.stop();
      await fleet.ended;
    },
  };
}

function systemsOf({ kubeconfig, consul, spring }: z.infer<typeof Ready>): RehearsalSystem[] {
  const kubernetes = { kubeconfig: { text: kubeconfig }, context: operatorContext };
  return [
    { connector: 'kubernetes', title: 'Rehearsal', settings: kubernetes },
    ...(consul === undefined ? [] : [consulSystem(consul)]),
    ...(spring === undefined ? [] : [springSystem(spring)]),
  ];
}

function consulSystem({
  address,
  datacenter,
  token,
  prometheusUrl,
}: NonNullable<z.infer<typeof Ready>['consul']>): RehearsalSystem {
  const settings = { address, datacenter, token, prometheus: { url: prometheusUrl, headers: [] } };
  return { connector: 'consul', title: `Rehearsal ${datacenter}`, settings };
}

function springSystem({
  actuatorAuthorization,
  configServer,
  ...registry
}: NonNullable<z.infer<typeof Ready>['spring']>): RehearsalSystem {
  const actuatorHeaders = [{ name: 'Authorization', value: actuatorAuthorization }];
  const settings = { ...registry, actuatorHeaders, configServer: { ...configServer, headers: [] } };
  return { connector: 'eureka', title: 'Rehearsal partners', settings };
}

interface Fleet {
  readonly ready: Promise<z.infer<typeof Ready>>;
  readonly ended: Promise<string>;
  play(incident: string): Promise<void>;
  stop(): void;
}

function startFleet(child: FleetProcess, log: Log): Fleet {
  const listeners = new Set<(line: unknown) => void>();
  child.onLine((line) => {
    const value = parseJson(line);
    for (const listener of [...listeners]) listener(value);
  });
  child.onComplaint((line) => log.warn('The rehearsal says', { line }));

  const ready = answerOf(Ready, startWithinMs, () => true);
  // Whoever asked for the fleet hears why it did not start; a process that never got ready is of no use to anybody.
  ready.catch(() => child.stop());

  return {
    ready,
    ended: child.ended,
    async play(incident) {
      const played = answerOf(Played, answerWithinMs, (answer) => answer.incident === incident);
      child.send(JSON.stringify({ incident }));
      const answer = await played;
      if (!answer.ok)
        throw new Error(`The rehearsal refused "${incident}": ${answer.error ?? 'no reason given'}`);
    },
    stop: () => child.stop(),
  };

  /** The next line of a shape; rejects when the process ends first or stays silent. */
  function answerOf<T>(schema: z.ZodType<T>, withinMs: number, fits: (answer: T) => boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(`it said nothing for ${withinMs / 1_000} s`), withinMs);
      const done = (): void => {
        clearTimeout(timer);
        listeners.delete(listen);
      };
      const fail = (why: string): void => {
        done();
        reject(new Error(`The rehearsal did not answer: ${why}.`));
      };
      const listen = (line: unknown): void => {
        const parsed = schema.safeParse(line);
        if (!parsed.success || !fits(parsed.data)) return;
        done();
        resolve(parsed.data);
      };
      listeners.add(listen);
      void child.ended.then(fail);
    });
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
