import { registryFindings } from '../analysis/registryFindings.ts';
import type { NodeTold } from '../analysis/told.ts';
import type { RegistryFinding, RegistryFindings } from '../model/registryFinding.ts';
import { createCertificateReader } from './certificates.ts';
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
}

/** What is wrong between systems and between instances, over the whole map, while somebody looks; silent while it stays. */
export async function* watchFindings(
  parts: FindingsParts,
  signal: AbortSignal | undefined,
): AsyncGenerator<RegistryFindings> {
  let told = '';
  let loads: LoadFindings = { findings: [], problems: [] };
  const readCertificates = createCertificateReader(parts.world, parts.ports);
  for (let look = 0; signal?.aborted !== true; look += 1) {
    if (look % looksPerLoad === 0) loads = await readLoads(parts, signal);
    const { certificates, problems } = await readCertificates(signal);
    const found = {
      findings: [...findRegistered(parts), ...loads.findings],
      certificates: [...certificates],
      problems: [...loads.problems, ...problems],
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
