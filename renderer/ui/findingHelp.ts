import type { FindingRule } from '../../shared/model/registryFinding.ts';

/** What a finding means, and what to do about it. */
export interface FindingHelp {
  readonly title: string;
  readonly what: string;
}

/** Every finding over the whole map, what misleads callers most first. */
export const findingHelp: Readonly<Record<FindingRule, FindingHelp>> = {
  'address-claimed': {
    title: 'One address, two services',
    what: 'Callers of both get the same process. Where an instance that is gone left its registration behind, take that out of its registry; where one process has two names on purpose, or a load balancer stands there, nothing is wrong.',
  },
  'registered-unanswered': {
    title: 'Registered, and nobody answers',
    what: 'Whoever finds the service by this registry has nobody to call. See why the instances do not pass their checks, or take the registration away.',
  },
  'registered-nowhere': {
    title: 'Registered, and not running',
    what: 'The registry lists an address of the cluster where nothing of this service runs: callers lose calls there until the registration ends. Eureka keeps such for minutes while it protects itself.',
  },
  'not-registered': {
    title: 'Running, and not registered',
    what: 'Others of this service are registered, these are not: callers by the registry never reach them. See whether they could register at all. Instances of the last 90 seconds are not counted.',
  },
  'versions-differ': {
    title: 'Versions differ',
    what: 'Systems name other versions for the same service, so that weights and routes by version mean different instances in each. Mend the label or the metadata that is wrong.',
  },
  'uneven-load': {
    title: 'Uneven load',
    what: 'One instance answers far more or less than others of its version: by the modified z-score over its siblings, beyond 3.5 and a factor of two, from 30 calls on. Long-lived connections, zones and session affinity do that too.',
  },
};
