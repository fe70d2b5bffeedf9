import type { Capabilities, Connector, Session } from './connector.ts';

/** What an operator can do or see by each capability; in the order in which tables show them. */
export const capabilityTitles: Readonly<Record<keyof Capabilities, string>> = {
  topology: 'Services, instances, versions',
  signals: 'Rates, errors, latency',
  events: 'Events',
  logs: 'Logs',
  objects: 'Any object as text, recorded templates',
  usage: 'CPU, memory, throttling of instances',
  certificates: 'Certificates near their end',
  forwards: 'Port-forward to an instance',
  documents: 'Documents with findings',
  addresses: 'Address book: how services are reached',
  denials: 'Which policy denies a call',
  protections: 'Protections as declared',
  sightings: 'Limits and ejections as they acted',
  configuration: 'Configuration: read, search, history',
  weights: 'Shift weights',
  isolation: 'Trip, reset, fall back',
  breakers: 'Close a breaker by hand',
  protectionEdits: 'Change protections',
  routing: 'Grey routes, mirrors',
  config: 'Change configuration',
  workloads: 'Act on workloads and instances',
  alerts: 'Alerts',
  silences: 'Silence alerts',
  notes: 'Events on what was changed, for others',
  proof: 'Proof that a change is loaded',
};

const names = Object.keys(capabilityTitles) as (keyof Capabilities)[];

/** The capabilities that a session really has. */
export const capabilitiesOf = (session: Session): (keyof Capabilities)[] =>
  names.filter((name) => session[name] !== undefined);

/** The session as it is. Throws for one that has what its connector does not declare: tables would keep quiet about it. */
export function asDeclared(
  { id, capabilities }: Pick<Connector<unknown>, 'id' | 'capabilities'>,
  session: Session,
): Session {
  const more = capabilitiesOf(session).filter((name) => !capabilities.includes(name));
  if (more.length === 0) return session;
  throw new Error(`The connector ${id} does not declare ${more.join(', ')}, which its session has.`);
}
