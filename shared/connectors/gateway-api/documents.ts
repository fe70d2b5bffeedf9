import type { DocumentObservation, DocumentSource } from '../kit/connector.ts';
import { refOf } from '../kube/documents/change.ts';
import { locate, type Located, shownYaml } from '../kube/documents/located.ts';
import type { KubeObject } from '../kube/objects.ts';
import { type Backends, createBackends } from './backends.ts';
import { standingOf } from './conditions.ts';
import { mixedGuards } from './guards.ts';
import type { RouteWorld } from './routeWorld.ts';
import { hostsOf, rulesOf } from './rules.ts';

/** The routes that shape a service, with what is wrong in them. */
export function createDocumentSource(world: RouteWorld): DocumentSource {
  return {
    async read(service, signal) {
      await world.ready(signal);
      const backends = createBackends(world);
      const names = (host: string): boolean => service.hosts.includes(host);
      return world
        .documents()
        .filter(
          (document) =>
            hostsOf(document).some(names) ||
            rulesOf(document).some((rule) => rule.backends.some(({ host }) => names(host))),
        )
        .map((document): DocumentObservation => {
          const yaml = shownYaml(document);
          const ref = refOf(world.host.connectionId, document);
          return { ref, yaml, findings: locate(yaml, findingsOf(world, document, backends)) };
        });
    },
  };
}

function findingsOf(world: RouteWorld, document: KubeObject, backends: Backends): Located[] {
  const found: Located[] = [];
  const standing = standingOf(world, document);
  if (standing.state !== 'working')
    found.push({
      severity: standing.state === 'refused' ? 'error' : 'warning',
      rule: standing.state === 'refused' ? 'route-refused' : 'route-not-taken-up',
      text: `${standing.text.charAt(0).toUpperCase()}${standing.text.slice(1)}.`,
      path: ['spec', 'parentRefs'],
    });
  const [mixed] = mixedGuards(world, document).filter(({ verdict }) => verdict === 'block');
  if (mixed !== undefined)
    found.push({
      severity: 'error',
      rule: 'mixed-with-virtual-service',
      text: `${mixed.title}: which of both proxies follow is not defined.`,
      path: ['spec', 'parentRefs'],
    });
  for (const rule of rulesOf(document)) {
    const total = rule.backends.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0)
      found.push({
        severity: 'error',
        rule: 'no-weight',
        text: `Rule “${rule.title}” gives no backend any weight: its calls are answered with 500.`,
        path: ['spec', 'rules', rule.index, 'backendRefs'],
      });
    for (const backend of rule.backends) {
      const { problem, rule: why, readyInstances } = backends.standing(backend, document);
      const used = total > 0 && backend.weight > 0;
      const share = `${Math.round((backend.weight / Math.max(1, total)) * 1000) / 10} %`;
      const path = ['spec', 'rules', rule.index, 'backendRefs', backend.index];
      if (problem !== null && why !== null)
        found.push({
          severity: used ? 'error' : 'warning',
          rule: why,
          text: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}: ${used ? `${share} of its calls fail with 500` : 'no calls go there now'}.`,
          path,
        });
      else if (readyInstances === 0 && used)
        found.push({
          severity: 'warning',
          rule: 'no-ready-instances',
          text: `${backend.name} has no ready instance: ${share} of the calls fail with 503.`,
          path,
        });
    }
  }
  return found;
}
