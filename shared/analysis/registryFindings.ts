import type { InstanceObservation } from '../model/topology.ts';
import { hostOf } from './addresses.ts';
import { formatList } from './formats.ts';

/** What one system tells of a service that several know. */
export interface FaceTold {
  /** "Consul dc1". */
  readonly system: string;
  /** It runs the instances; what it does not list is not there. */
  readonly runs: boolean;
  readonly versions: readonly string[];
  readonly instances: readonly InstanceObservation[];
}

/** Where systems contradict each other about one service. */
export interface RegistryFinding {
  readonly rule: 'registered-unanswered' | 'not-registered' | 'registered-nowhere' | 'versions-differ';
  readonly text: string;
}

/** Compares what registries say of a service with what runs. What a system does not say is no contradiction. */
export function registryFindings(faces: readonly FaceTold[]): RegistryFinding[] {
  const registries = faces.filter(({ runs }) => !runs);
  const runner = faces.find(({ runs }) => runs);
  return [
    ...registries.flatMap(unanswered),
    ...(runner === undefined ? [] : registries.flatMap((registry) => unmatched(registry, runner))),
    ...versionsDiffer(faces),
  ];
}

function unanswered({ system, instances }: FaceTold): RegistryFinding[] {
  if (instances.length === 0 || instances.some(({ ready }) => ready)) return [];
  const listed =
    instances.length === 1
      ? 'one instance, which does not pass its checks'
      : `${instances.length} instances, none of which passes its checks`;
  return [{ rule: 'registered-unanswered', text: `${system} lists ${listed}.` }];
}

/** By address, and only where some address is in both: else they live in different networks, and nothing can be told. */
function unmatched(registry: FaceTold, runner: FaceTold): RegistryFinding[] {
  const listed = hostsOf(registry.instances);
  const running = hostsOf(runner.instances);
  if (![...listed.keys()].some((host) => running.has(host))) return [];
  const missing = runner.instances.filter(
    ({ ready, address }) => ready && address !== undefined && !listed.has(hostOf(address)),
  );
  const strangers = [...listed].filter(([host]) => !running.has(host)).map(([, name]) => name);
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            rule: 'not-registered' as const,
            text: `${missing.length} of ${runner.instances.length} instances in ${runner.system} are not known to ${registry.system}: ${few(missing.map(({ name }) => name))}.`,
          },
        ]),
    ...(strangers.length === 0
      ? []
      : [
          {
            rule: 'registered-nowhere' as const,
            text: `${registry.system} lists what ${runner.system} does not run: ${few(strangers)}.`,
          },
        ]),
  ];
}

function hostsOf(instances: readonly InstanceObservation[]): Map<string, string> {
  return new Map(
    instances.flatMap(({ name, address }) =>
      address === undefined ? [] : [[hostOf(address), name] as const],
    ),
  );
}

function versionsDiffer(faces: readonly FaceTold[]): RegistryFinding[] {
  const telling = faces.filter(({ versions }) => versions.length > 0);
  const distinct = new Set(telling.map(({ versions }) => [...versions].sort().join('\n')));
  if (distinct.size < 2) return [];
  const said = telling.map(({ system, versions }) => `${system} says ${few([...versions].sort())}`);
  return [{ rule: 'versions-differ', text: `Versions differ: ${formatList(said)}.` }];
}

const few = (names: readonly string[]): string =>
  names.length <= 4 ? formatList(names) : `${names.slice(0, 3).join(', ')} and ${names.length - 3} others`;
