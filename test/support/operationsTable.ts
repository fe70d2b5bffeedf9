import { format } from 'prettier';
import type { Way } from '../conformance/everyOperation.ts';

/** What suites of the real peers prove of an operation beyond its being written, read back and taken back. */
const beyond: Readonly<Record<string, string>> = {
  'setWeights: weights of a split': 'services count, Podium measures (`walk`, `honesty`, `guided`)',
  'setRouting: a route by header': 'requests with it go there, others do not (`routing`)',
  'setRouting: a mirror': 'services count the copies (`routing`)',
  'trip: refuse, at a route that is there': 'callers are refused, Podium measures (`trips`)',
  'trip: refuse, where no route is yet': 'callers are refused (`trips`, `guided`)',
  'trip: divert to a service': 'the other service answers, Podium measures (`trips`)',
  'trip: give a fixed answer': 'callers get it, Podium measures (`trips`)',
  'trip: deny by a policy': 'callers get 403, Podium measures at the callee (`trips`)',
  'setFallback: another service, on the route':
    'offered by trips; diverts nothing itself (`tripsConformance`)',
  'setFallback: a fixed answer, on the Service': 'diverts nothing itself',
  'setProtections: limits and ejection': 'on a rule that is there: nothing; on a new one, see below',
  'setProtections: limits where none are':
    'what is too much is refused, an instance that fails leaves (`protections`)',
  'setProtections: time-out and retries': 'callers get 504 (`guided`)',
  'setProtections: a time-out where no route is': 'callers get 504; retries are counted (`protections`)',
  'editDocument: a ConfigMap, with a restart': 'controllers replace the instances (`config`)',
  'editDocument: a Secret': 'the value is nowhere else (`config`)',
  'editDocument: a Deployment': 'controllers replace the instances (`config`)',
  'editDocument: a VirtualService': 'only what was changed is written (`config`)',
  'editDocument: an AuthorizationPolicy': 'found by its values (`config`)',
  'changeWorkload: scale a Deployment': 'instances run (`workloads`)',
  'changeWorkload: restart a Deployment': 'instances are replaced (`workloads`)',
  'changeWorkload: pause a Deployment': 'a restart waits (`workloads`)',
  'changeWorkload: roll a Deployment back': 'the earlier template runs (`workloads`)',
  'changeWorkload: scale a StatefulSet': 'instances run under their names (`workloadKinds`)',
  'changeWorkload: restart a StatefulSet': 'instances are replaced; rolled back too (`workloadKinds`)',
  'changeWorkload: restart a DaemonSet': 'instances are replaced; rolled back too (`workloadKinds`)',
  'changeWorkload: take an instance out of the traffic':
    'no endpoint lists it (`workloads`, `workloadKinds`)',
};

const nothing = 'nothing';

export const titleOf = ({ kind, says }: Way): string => `${kind}: ${says}`;

/** What is told of an operation that is none any more. */
export const strayTitles = (ways: readonly Way[]): readonly string[] => {
  const known = new Set(ways.map(titleOf));
  return Object.keys(beyond).filter((title) => !known.has(title));
};

/** The page of every operation: what it takes, and what was proven of it. */
export function operationsPage(ways: readonly Way[]): Promise<string> {
  const rows = ways.map((way) => {
    const rights = way.writes.map((one) => `\`${one}\``).join(', ');
    const back = way.back === false ? 'no' : 'yes';
    return `| ${way.kind} | ${way.says} | ${rights} | ${back} | ${beyond[titleOf(way)] ?? nothing} |`;
  });
  const page = `# Every operation, and what was proven of it

Each way in which Podium writes to a Kubernetes API, with the rights that it and its way back take. The suite
\`everyOperation\` plans, writes, reads back and takes back every one of them, as somebody who has the roles of
[docs/roles](roles) and no other right: on the rehearsal's API server, and on a real one with Istio's webhooks
(\`npm run test:peers\`). The last column says what other suites prove on real peers of what then happens.

This page is made from the declarations in those suites; \`npm test\` fails where they differ.

| operation | way | rights | taken back | proven beyond that |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Also there: \`endTrip\` by the marker alone, and the removal of a grey route. What a kind cannot do is refused in words:
StatefulSets and DaemonSets are not paused, and DaemonSets have no number of replicas.
`;
  return format(page, { parser: 'markdown', printWidth: 130, proseWrap: 'preserve' });
}
