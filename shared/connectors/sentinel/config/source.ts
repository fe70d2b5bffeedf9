import type { ConfigDocument, ConfigHit } from '../../../model/config.ts';
import type { ConfigSource } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { Fleet } from '../fleet.ts';
import { ruleTypes } from '../rules.ts';
import { namespace } from '../topology.ts';
import { refOf, revisionOf, type RuleSet, ruleSetsOf, yamlOf } from './ruleSets.ts';

const mostHits = 200;

/** The rules of applications as documents that can be edited, a set for each type. */
export function createRuleSource(fleet: Fleet): ConfigSource {
  const setsOf = (application: string): RuleSet[] =>
    ruleTypes.flatMap((type) => ruleSetsOf(application, fleet.of(application), type));
  return {
    async read({ name }, signal) {
      if (!fleet.apps().includes(name)) return [];
      await fleet.look(name, signal);
      return setsOf(name).map((set) => documentOf(fleet, set));
    },
    reveal: () => Promise.reject(new PeerError('refused', 'Rules of Sentinel hold no hidden values.')),
    search(query) {
      const wanted = query.toLowerCase();
      const hits = fleet.apps().flatMap((application) =>
        setsOf(application).flatMap((set) =>
          yamlOf(set.rules)
            .split('\n')
            .filter((line) => line.toLowerCase().includes(wanted))
            .map((line): ConfigHit => ({
              document: refOf(fleet.host.connectionId, set),
              key: '',
              line: line.trim().slice(0, 300),
              services: [`${namespace}/${application}`],
            })),
        ),
      );
      const problems =
        hits.length > mostHits ? [`Only the first ${mostHits} lines that match are shown.`] : [];
      return Promise.resolve({ hits: hits.slice(0, mostHits), problems });
    },
    // A command centre keeps no former rules and does not say who set them.
    history: () => Promise.resolve([]),
  };
}

function documentOf(fleet: Fleet, set: RuleSet): ConfigDocument {
  const unread = fleet.of(set.application).filter(({ rules }) => rules === null);
  return {
    document: refOf(fleet.host.connectionId, set),
    revision: revisionOf(set),
    kind: 'rules',
    entries: [],
    yaml: yamlOf(set.rules),
    immutable: false,
    reach: [
      {
        workload: null,
        how:
          set.only === null
            ? `${set.members.length} instances of ${set.application}, which have the same rules`
            : `${set.only} alone: others of ${set.application} have other rules`,
        arrival: 'hot',
        why: 'A command centre takes rules into memory at once, and they hold from the next call on. They are gone when the process ends, unless a data source of the application’s keeps them.',
      },
      ...unread.map(({ name, problem }) => ({
        workload: null,
        how: `not ${name}, which cannot be asked now`,
        arrival: 'restart' as const,
        why: problem ?? '',
      })),
    ],
    writers: [],
    readOnly: null,
  };
}
