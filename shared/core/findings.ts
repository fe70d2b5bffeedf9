import { registryFindings } from '../analysis/registryFindings.ts';
import type { NodeTold } from '../analysis/told.ts';
import type { EntityId } from '../model/entity.ts';
import type { RegistryFinding, RegistryFindings } from '../model/registryFinding.ts';
import type { CertificateReader } from './certificates.ts';
import { instancesByService, runsInstances } from './instancesByService.ts';
import { type LoadFindings, readLoads } from './loadFindings.ts';
import type { OneMap } from './oneMap.ts';
import type { Ports } from './ports.ts';
import type { World } from './world.ts';

/** What registries say changes seldom; what instances answer is asked for at every third look. */
const pauseMs = 10_000;
const looksPerLoad = 3;

interface FindingsParts {
  readonly world: World;
  readonly oneMap: OneMap;
  readonly ports: Pick<Ports, 'clock'>;
  /** One for all windows: what one has read no other reads again. */
  readonly readCertificates: CertificateReader;
}

/** What is wrong between systems and between instances, over the whole map, while somebody looks; silent while it stays. */
export async function* watchFindings(
  parts: FindingsParts,
  signal: AbortSignal | undefined,
): AsyncGenerator<RegistryFindings> {
  const titleOf = (id: string): string => parts.world.connections.open.get(id)?.title ?? id;
  let told = '';
  let loads: LoadFindings = { findings: [], problems: [] };
  for (let look = 0; signal?.aborted !== true; look += 1) {
    if (look % looksPerLoad === 0) loads = await readLoads(parts, signal);
    const { certificates, problems: certificateProblems } = await parts.readCertificates(signal);
    const found = {
      findings: [...findRegistered(parts), ...loads.findings],
      certificates: certificates.map((one) => ({
        ...one,
        serviceIds: nodesOf(one.serviceIds, parts.oneMap),
      })),
      certificateProblems: [...certificateProblems],
      problems: [
        ...loads.problems,
        ...certificateProblems.map(({ connectionId, text }) => `${titleOf(connectionId)}: ${text}`),
      ],
    };
    const text = JSON.stringify(found);
    if (text !== told) yield found;
    told = text;
    try {
      await parts.ports.clock.sleep(pauseMs, signal);
    } catch {
      return;
    }
  }
}

/** Those that are on the map, each as the node that it is drawn as. */
function nodesOf(serviceIds: readonly EntityId[], oneMap: OneMap): EntityId[] {
  return [...new Set(serviceIds.flatMap((id) => oneMap.service(id)?.id ?? []))];
}

function findRegistered(parts: FindingsParts): RegistryFinding[] {
  return registryFindings(nodesTold(parts), parts.ports.clock.now());
}

function nodesTold({ world, oneMap }: FindingsParts): NodeTold[] {
  const { open } = world.connections;
  const instances = new Map([...open.values()].flatMap((connection) => [...instancesByService(connection)]));
  const runs = new Map([...open.values()].map((connection) => [connection.id, runsInstances(connection)]));
  return oneMap.graph().services.flatMap(({ id, connectionId, name, kind, versions, faces }): NodeTold[] => {
    if (kind === 'unknown') return [];
    const alone = {
      serviceId: id,
      connectionId,
      system: oneMap.systemOf(connectionId),
      name,
      versions: versions.map(({ version }) => version),
    };
    const told = (faces ?? [alone]).map((face) => ({
      connectionId: face.connectionId,
      system: face.system,
      name: face.name,
      versions: face.versions,
      runs: runs.get(face.connectionId) ?? false,
      instances: instances.get(face.serviceId) ?? [],
    }));
    return [{ id, name, isGateway: kind === 'gateway', faces: told }];
  });
}
