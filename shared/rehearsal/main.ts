import { createInterface } from 'node:readline';
import { createDataCentre, startDataCentre, type DataCentre } from './consul/dataCentre.ts';
import { readCommandLine, type Wanted } from './commandLine.ts';
import { obeyFault } from './faultCommands.ts';
import { followReal } from './follow.ts';
import { withDc2 } from './fleet/across.ts';
import { createGenerated } from './fleet/generated.ts';
import { createShop } from './fleet/shop.ts';
import type { KubeServer } from './kube/server.ts';
import { createRehearsal, type Rehearsal, type RehearsalOptions } from './rehearsal.ts';
import { createShopScript, incidents, type Incident } from './script.ts';
import { startServers } from './servers.ts';

const tickMs = 500;

await run(wantedOrExit());

/** The rehearsal's own process: says where it is in one line, takes commands, and goes when whoever started it goes. */
async function run(wanted: Wanted): Promise<void> {
  const options = optionsOf(wanted);
  const rehearsal = createRehearsal(options);
  const servers = await startServers(rehearsal);
  const second: DataCentre | null = wanted.withConsul
    ? createDataCentre({ ...options, shop: rehearsal.store })
    : null;
  const consul = second === null ? null : await startDataCentre(second);
  const ending = new AbortController();
  if (wanted.follow !== null) {
    followReal(rehearsal.store, wanted.follow, ending.signal, (text) => process.stderr.write(`${text}\n`));
  }
  const usualDemand = rehearsal.traffic.demandAt(Date.now());
  const ticking = setInterval(() => {
    const at = Date.now();
    rehearsal.advance(at);
    second?.advance(at, rehearsal.traffic.demandAt(at) / usualDemand);
  }, tickMs);

  const end = (): void => {
    clearInterval(ticking);
    ending.abort();
    rehearsal.close();
    second?.close();
    const closing = async (): Promise<void> => {
      await servers[Symbol.asyncDispose]();
      await consul?.[Symbol.asyncDispose]();
    };
    void closing().finally(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);

  const { kubeconfig, kubeUrl, prometheusUrl, metricsUrl } = servers;
  const where =
    consul === null
      ? {}
      : {
          consul: {
            address: consul.address,
            datacenter: consul.datacenter,
            token: consul.token,
            prometheusUrl: consul.prometheusUrl,
          },
        };
  const ready = { ready: true, kubeconfig, kubeUrl, prometheusUrl, metricsUrl, ...where };
  listen(rehearsal, servers.kube, ready, end);
}

/** Commands and answers go over whatever connects us to the one who started us: stdin, or one of Electron's ports. */
function listen(rehearsal: Rehearsal, kube: KubeServer, ready: object, end: () => void): void {
  const obey = (message: unknown, say: (answer: object) => void): void => {
    const answer = answerToFault(message, kube.faults) ?? answerTo(message, rehearsal);
    if (answer !== null) say(answer);
  };
  const { parentPort } = process as { readonly parentPort?: ParentPort }; // only there in Electron's utility process
  if (parentPort !== undefined) {
    // The console talks to us over a port of its own, which the main process sends to both.
    parentPort.on('message', ({ ports: [port] }) => {
      if (port === undefined) return;
      port.on('message', ({ data }) => obey(data, (answer) => port.postMessage(answer)));
      port.on('close', end);
      port.start();
      port.postMessage(ready);
    });
    return;
  }
  const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
  createInterface({ input: process.stdin }).on('line', (line) => obey(parsed(line), say));
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  say(ready);
}

interface ParentPort {
  on(event: 'message', listener: (message: { readonly ports: readonly ConsolePort[] }) => void): void;
}

interface ConsolePort {
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
  postMessage(message: object): void;
}

/** Faults are for tests and for those who want to see what Podium does then; each is answered as incidents are. */
function answerToFault(message: unknown, faults: KubeServer['faults']): object | null {
  if (typeof message !== 'object' || message === null || !('fault' in message)) return null;
  const error = obeyFault({ ...message }, faults);
  return error === null ? { fault: message.fault, ok: true } : { fault: message.fault, ok: false, error };
}

/** `{"incident":"sale"}` is answered with `{"incident":"sale","ok":true}`; what is no command is not answered. */
function answerTo(message: unknown, { script }: Rehearsal): object | null {
  if (typeof message !== 'object' || message === null || !('incident' in message)) return null;
  const asked = String(message.incident);
  const incident = incidents.find((one): one is Incident => one === asked);
  const refuse = (error: string): object => ({ incident: asked, ok: false, error });
  if (incident === undefined) return refuse(`there is no such incident; there are ${incidents.join(', ')}`);
  if (script === null) return refuse('the generated fleet has no incidents');
  script.trigger(incident);
  return { incident: asked, ok: true };
}

function optionsOf({ services, seed, historyMinutes, calm, follow, withConsul }: Wanted): RehearsalOptions {
  const base = { seed, now: Date.now, historyMs: historyMinutes * 60_000 };
  if (services !== null) {
    // More services, fewer samples of each: memory stays within some hundred megabytes.
    const scrapeMs = services > 150 ? 15_000 : 5_000;
    return { ...base, fleet: createGenerated(services, seed, Date.now()), scrapeMs, keep: 240 };
  }
  const now = Date.now();
  const fleet = withConsul ? withDc2(createShop(now), now) : createShop(now);
  const shop = { ...base, fleet, scrapeMs: 5_000, keep: 1_440 };
  // Whoever follows a real API server leaves its documents alone.
  return follow === null ? { ...shop, script: (parts) => createShopScript({ ...parts, calm }) } : shop;
}

function wantedOrExit(): Wanted {
  try {
    return readCommandLine(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
