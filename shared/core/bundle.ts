import { connectionIdOf } from '../analysis/rememberedOf.ts';
import { createPseudonyms } from '../analysis/pseudonyms.ts';
import { type Bundle, mostInReport } from '../model/about.ts';
import type { ConnectionState } from '../model/connection.ts';
import type { OperationRecord } from '../model/record.ts';
import { blank, blankSecrets, secretNames } from '../model/redaction.ts';
import type { Settings } from '../model/settings.ts';
import { aboutConnection } from './about.ts';
import type { Connections } from './connections.ts';
import type { Journal } from './journal.ts';
import type { OneMap } from './oneMap.ts';
import type { Ports } from './ports.ts';
import type { SettingsKeeper } from './settings.ts';

interface BundleParts {
  readonly connections: Connections;
  readonly journal: Journal;
  readonly oneMap: OneMap;
  readonly settings: SettingsKeeper;
  readonly ports: Pick<Ports, 'clock' | 'version' | 'actor' | 'readLog'>;
}

const mostLogLines = 200;
const mostOperations = 50;
/** Names of connections, services and people are looked for in so many; the log may speak of any. */
const mostRead = 500;

/**
 * What whoever mends Podium needs to know, and nothing that anybody could log in by: no settings of connections, no documents,
 * no reasons. Names of services, hosts and people are others, unless they were asked for.
 */
export async function makeBundle(
  { connections, journal, oneMap, settings, ports }: BundleParts,
  withNames: boolean,
): Promise<Bundle> {
  const at = new Date(ports.clock.now()).toISOString();
  const states = connections.states();
  const records = await journal.list({ limit: mostRead });
  const log = await ports.readLog(mostLogLines);
  const content = {
    about: 'A report on Podium. Read it through before you give it away.',
    podium: ports.version,
    at,
    names: withNames ? 'as they are' : 'replaced',
    map: { services: oneMap.graph().services.length, calls: oneMap.graph().calls.length },
    connections: states.map((state) => ({
      ...conditionOf(state),
      ...aboutConnection(state.id, connections),
    })),
    settings: settingsWithoutSecrets(settings.current),
    journal: records.slice(0, mostOperations).map(operationOf),
    log: log.map(readLine),
  };
  const hide = withNames
    ? (text: string) => text
    : createPseudonyms(namesIn(states, oneMap, ports.actor, settings.current, records));
  const clean = withoutSecrets(content, (text) => hide(blankSecrets(text))) as typeof content;
  return {
    fileName: `podium-report-${at.slice(0, 16).replaceAll(/[-:]/g, '')}.json`,
    text: textOf(clean),
  };
}

/** No longer than what a person is shown of it: what is saved was seen. The oldest lines of the log go first. */
function textOf(content: { readonly log: readonly unknown[] }): string {
  const write = (log: readonly unknown[]) => `${JSON.stringify({ ...content, log }, null, 2)}\n`;
  let { log } = content;
  while (log.length > 0 && write(log).length > mostInReport) log = log.slice(Math.ceil(log.length / 2));
  const text = write(log);
  return text.length > mostInReport ? `${text.slice(0, mostInReport)}\n… cut here\n` : text;
}

function conditionOf(state: ConnectionState) {
  const { id, title, connector, environment, locked, rehearsal, server, user, error } = state;
  const { warnings, cautions, sources, permissions, namespaces } = state;
  return {
    ...{ id, title, connector, environment, state: state.state, locked, rehearsal, server, user, error },
    ...{ warnings, cautions, namespaces, sources, permissions },
    waitsForProgram: state.asks !== null,
  };
}

/** How much of what is set; not what was typed to reach anything. */
function settingsWithoutSecrets({
  view,
  health,
  environments,
  remembered,
  joins,
  programs,
  sharing,
  tourDone,
}: Settings) {
  return {
    theme: view['theme'] ?? null,
    health: health.default,
    servicesWithOwnHealth: Object.keys(health.services).length,
    environmentsMarked: Object.keys(environments).length,
    typedConnections: remembered.map(({ connector }) => connector),
    joins: {
      convention: joins.convention,
      addresses: joins.addresses,
      together: joins.together.length,
      apart: joins.apart.length,
    },
    loginProgramsAllowed: programs.length,
    events: sharing.events,
    // Where it goes and by what is nobody else’s.
    webhook: sharing.webhook === null ? 'none' : sharing.webhook.proof,
    tourDone,
  };
}

/** What was done and how far it got; neither what was written nor why. */
function operationOf({ at, operation, state, rungs, hold, watch, undoOf }: OperationRecord) {
  return {
    at: new Date(at).toISOString(),
    kind: operation.kind,
    state,
    rungs: rungs.map(({ rung, state: reached }) => `${rung}: ${reached}`),
    hold: hold?.state ?? null,
    watch: watch?.state ?? null,
    isUndo: undoOf !== null,
  };
}

/** A line as it was meant, so that its fields are cleaned one by one. */
function readLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch {
    return line;
  }
}

function namesIn(
  states: readonly ConnectionState[],
  oneMap: OneMap,
  actor: string,
  { remembered, environments, positions }: Settings,
  records: readonly OperationRecord[],
) {
  // Those that are closed too: the log speaks of them.
  const titles = [
    ...remembered.map(({ title }) => title),
    ...Object.keys(environments),
    ...Object.keys(positions),
    ...records.map(({ connection }) => connection.title),
  ];
  const { services } = oneMap.graph();
  const [user = '', machine = ''] = actor.split('@');
  return [
    {
      kind: 'connection',
      names: [...states, ...titles.map((title) => ({ id: connectionIdOf(title), title }))].flatMap(
        ({ id, title }) => [id, title],
      ),
    },
    {
      kind: 'user',
      names: [
        actor,
        user,
        ...states.flatMap((state) => state.user ?? []),
        ...records.map((record) => record.actor),
      ],
    },
    { kind: 'host', names: [machine, ...services.flatMap(({ hosts }) => hosts)] },
    {
      kind: 'service',
      names: [
        ...services.map(({ name }) => name),
        ...records.flatMap(({ serviceName }) => serviceName ?? []),
      ],
    },
    {
      kind: 'namespace',
      names: [
        ...services.flatMap(({ namespace }) => namespace ?? []),
        ...states.flatMap(({ namespaces, permissions }) => [
          ...(namespaces ?? []),
          ...permissions.flatMap(({ namespace }) => namespace ?? []),
        ]),
      ],
    },
  ];
}

/** Every text cleaned, and what stands under the name of a secret blanked whatever it looks like. */
function withoutSecrets(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      secretNames.test(name) && one !== null ? blank : withoutSecrets(one, clean),
    ]),
  );
}
