import { createInterface } from 'node:readline';
import {
  createDataCentre,
  startDataCentre,
  type DataCentre,
  type DataCentreServers,
} from './consul/dataCentre.ts';
import { readCommandLine, type Wanted } from './commandLine.ts';
import { answerTo, type Played } from './commands.ts';
import { followReal } from './follow.ts';
import { withAccounts } from './fleet/accounts.ts';
import { withDc2, withPartners } from './fleet/across.ts';
import { createGenerated } from './fleet/generated.ts';
import type { Fleet } from './fleet/fleet.ts';
import { withSearch } from './fleet/search.ts';
import { createShop } from './fleet/shop.ts';
import { shopAlerts } from './fleet/shopAlerts.ts';
import { createRehearsal, type RehearsalOptions } from './rehearsal.ts';
import { createShopScript } from './script.ts';
import { startServers } from './servers.ts';
import { type SpringCorner, startCorner } from './spring/corner.ts';

const tickMs = 500;

await run(wantedOrExit());

/** The rehearsal's own process: says where it is in one line, takes commands, and goes when whoever started it goes. */
async function run(wanted: Wanted): Promise<void> {
  const options = optionsOf(wanted);
  const rehearsal = createRehearsal(options);
  const serves = wanted.withGatewayApi ? (['gateway.networking.k8s.io'] as const) : [];
  const servers = await startServers(rehearsal, { serves });
  const second: DataCentre | null = wanted.withConsul
    ? createDataCentre({ ...options, shop: rehearsal.store })
    : null;
  const consul = second === null ? null : await startDataCentre(second);
  const usualDemand = rehearsal.traffic.demandAt(Date.now());
  const demandAt = (at: number): number => rehearsal.traffic.demandAt(at) / usualDemand;
  const corner = wanted.withSpring
    ? await startCorner({ seed: options.seed, demand: () => demandAt(Date.now()) })
    : null;
  const ending = new AbortController();
  if (wanted.follow !== null) {
    followReal(rehearsal.store, wanted.follow, ending.signal, (text) => process.stderr.write(`${text}\n`));
  }
  const ticking = setInterval(() => {
    const at = Date.now();
    rehearsal.advance(at);
    second?.advance(at, demandAt(at));
  }, tickMs);

  const end = (): void => {
    clearInterval(ticking);
    ending.abort();
    rehearsal.close();
    second?.close();
    const closing = async (): Promise<void> => {
      await servers[Symbol.asyncDispose]();
      await consul?.[Symbol.asyncDispose]();
      await corner?.[Symbol.asyncDispose]();
    };
    void closing().finally(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);

  const { kubeconfig, kubeUrl, prometheusUrl, metricsUrl } = servers;
  const where = { kubeconfig, kubeUrl, prometheusUrl, metricsUrl };
  const others = {
    ...(consul === null ? {} : { consul: placeOfConsul(consul) }),
    ...(corner === null ? {} : { spring: placeOfSpring(corner) }),
  };
  listen({ rehearsal, kube: servers.kube, corner }, { ready: true, ...where, ...others }, end);
}

function placeOfConsul({ address, datacenter, token, prometheusUrl }: DataCentreServers): object {
  return { address, datacenter, token, prometheusUrl };
}

function placeOfSpring(corner: SpringCorner): object {
  const { address, user, password, within, actuatorAuthorization, configServer } = corner;
  return { address, user, password, within, actuatorAuthorization, configServer };
}

/** Commands and answers go over whatever connects us to the one who started us: stdin, or one of Electron's ports. */
function listen(played: Played, ready: object, end: () => void): void {
  const obey = (message: unknown, say: (answer: object) => void): void => {
    void answerTo(message, played).then((answer) => {
      if (answer !== null) say(answer);
    });
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

function optionsOf(wanted: Wanted): RehearsalOptions {
  const { services, seed, historyMinutes, calm, follow } = wanted;
  const base = { seed, now: Date.now, historyMs: historyMinutes * 60_000 };
  if (services !== null) {
    // More services, fewer samples of each: memory stays within some hundred megabytes.
    const scrapeMs = services > 150 ? 15_000 : 5_000;
    return { ...base, fleet: createGenerated(services, seed, Date.now()), scrapeMs, keep: 240 };
  }
  const now = Date.now();
  const fleet = shopWith(wanted, now);
  const shop = { ...base, fleet, scrapeMs: 5_000, keep: 1_440, alerts: shopAlerts };
  // Whoever follows a real API server leaves its documents alone.
  return follow === null ? { ...shop, script: (parts) => createShopScript({ ...parts, calm }) } : shop;
}

function shopWith(wanted: Wanted, now: number): Fleet {
  const beside: readonly [boolean, (fleet: Fleet, now: number) => Fleet][] = [
    [wanted.withConsul, withDc2],
    [wanted.withSpring, withPartners],
    [wanted.withGatewayApi, withSearch],
    [wanted.withAccounts, withAccounts],
  ];
  return beside.reduce((fleet, [isWanted, widen]) => (isWanted ? widen(fleet, now) : fleet), createShop(now));
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
