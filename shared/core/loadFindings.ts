import { sayUneven, unevenLoad } from '../analysis/unevenLoad.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { RegistryFinding, RegistryFindings as AllFindings } from '../model/registryFinding.ts';
import type { InstanceObservation } from '../model/topology.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { OneMap } from './oneMap.ts';
import type { Ports } from './ports.ts';
import type { World } from './world.ts';

/** What is found of loads alone. */
export type LoadFindings = Pick<AllFindings, 'findings' | 'problems'>;

/** So many instances are asked about at a time; a source's question names every one of them. */
const mostInstances = 200;
/** A new instance has yet to get its share. */
const settledMs = 120_000;

interface LoadParts {
  readonly world: World;
  readonly oneMap: OneMap;
  readonly ports: Pick<Ports, 'clock'>;
}

/** Instances of one version of one workload: what they answer should be alike. */
interface Siblings {
  /** The node of the map. */
  readonly nodeId: string;
  readonly requestsPerSecond: number;
  readonly instances: readonly InstanceObservation[];
}

/** Who answers far more or less than its siblings, where a source counts by instance; the busiest services are looked at. */
export async function readLoads(parts: LoadParts, signal: AbortSignal | undefined): Promise<LoadFindings> {
  const read = await Promise.all(
    [...parts.world.connections.open.values()].map((connection) => readOf(connection, parts, signal)),
  );
  return {
    findings: read.flatMap(({ findings }) => findings),
    problems: read.flatMap(({ problems }) => problems),
  };
}

async function readOf(
  connection: LiveConnection,
  parts: LoadParts,
  signal: AbortSignal | undefined,
): Promise<LoadFindings> {
  const source = connection.sources
    .flatMap(({ session }) => session.signals ?? [])
    .find((one) => one.instanceRates);
  const all = source?.instanceRates === undefined ? [] : siblingsOf(connection, parts);
  const asked = busiest(all);
  if (source?.instanceRates === undefined || asked.length === 0) return { findings: [], problems: [] };
  const limit = anySignal([connection.closed, ...(signal === undefined ? [] : [signal])]);
  try {
    const instances = asked.flatMap((one) => one.instances);
    const { source: by, windowSeconds, rates, problems } = await source.instanceRates(instances, limit);
    const perSecond = new Map(rates.map((one) => [`${one.namespace}/${one.name}`, one.requestsPerSecond]));
    const findings = asked.flatMap(({ nodeId, instances: siblings }): RegistryFinding[] => {
      const loads = siblings.flatMap(({ namespace, name }) => {
        const requestsPerSecond = perSecond.get(`${namespace}/${name}`);
        // Whom nobody counts is not idle.
        return requestsPerSecond === undefined ? [] : [{ name, requestsPerSecond }];
      });
      return unevenLoad(loads, windowSeconds).map((far) => ({
        rule: 'uneven-load',
        serviceId: nodeId,
        otherId: null,
        text: `${sayUneven(far)}; over ${windowSeconds} s, by ${by}.`,
      }));
    });
    const left = all.length - asked.length;
    const partly =
      left === 0
        ? []
        : [
            `${connection.title}: the load of instances is compared for the ${asked.length} busiest workloads, not for ${left} others.`,
          ];
    return { findings, problems: [...problems, ...partly] };
  } catch (thrown) {
    return limit.aborted
      ? { findings: [], problems: [] }
      : {
          findings: [],
          problems: [sayError(thrown, `${connection.title}: asking what each instance answers`)],
        };
  }
}

function siblingsOf(connection: LiveConnection, { world, oneMap, ports }: LoadParts): Siblings[] {
  const topology = connection.topology();
  const signals = world.latest(connection)?.folded.serviceSignals;
  const faces = oneMap.faces();
  const now = ports.clock.now();
  const settled = connection
    .observations()
    .flatMap(({ instances }) => instances)
    .filter(
      ({ ready, startedAt, workload }) =>
        ready && workload !== null && (startedAt === null || now - startedAt > settledMs),
    );
  return [...Map.groupBy(settled, ({ namespace, workload }) => `${namespace}/${workload}`).values()].flatMap(
    (instances) => {
      const [first] = instances;
      const id = first === undefined ? null : topology.serviceOfInstance(first.namespace, first.name);
      if (id === null || instances.length < 2) return [];
      return [
        {
          nodeId: faces.primaryOf(id),
          requestsPerSecond: signals?.get(id)?.requestsPerSecond ?? 0,
          instances,
        },
      ];
    },
  );
}

/** Whole groups, as many as can be asked about; one that is larger by itself is left to be partly asked about. */
function busiest(all: readonly Siblings[]): Siblings[] {
  const chosen: Siblings[] = [];
  let count = 0;
  for (const one of all.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond)) {
    if (chosen.length > 0 && count + one.instances.length > mostInstances) break;
    chosen.push(one);
    count += one.instances.length;
  }
  return chosen;
}
