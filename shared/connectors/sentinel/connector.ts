import { createOriginTransport } from '../http/originTransport.ts';
import type { Connector, ConnectorHost, Session } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { createRuleControl } from './config/control.ts';
import { createRuleSource } from './config/source.ts';
import { createEvents } from './events.ts';
import { createFleet, type Member } from './fleet.ts';
import { holdBlocks } from './isolation/holding.ts';
import { createIsolation } from './isolation/isolation.ts';
import { findPlaces } from './places.ts';
import { createProof } from './proof.ts';
import { createProtections } from './protections.ts';
import { Form, type SentinelSettings, Settings } from './settings.ts';
import { createSignals } from './signals/signals.ts';
import { createTopologySource } from './topology.ts';

export type { SentinelSettings } from './settings.ts';

/** Applications with Sentinel in them, by the command centre of each instance: rules, figures, and trips by a rule. */
export const sentinel: Connector<SentinelSettings> = {
  id: 'sentinel',
  title: 'Sentinel',
  capabilities: [
    'topology',
    'signals',
    'events',
    'protections',
    'configuration',
    'isolation',
    'config',
    'proof',
  ],
  caveat:
    'A command centre asks nobody who they are, speaks plain HTTP and listens on every address of its machine: whoever reaches its port can change rules, or switch Sentinel off.',
  settings: Settings,
  form: Form,
  open,
};

async function open(settings: SentinelSettings, host: ConnectorHost): Promise<Session> {
  const fleet = createFleet(
    () => findPlaces(settings),
    (address) => createOriginTransport({ address, headers: [] }, host),
    host,
  );
  try {
    const members = await fleet.lookAtAll(AbortSignal.timeout(30_000));
    if (members.every(({ rules }) => rules === null)) throw silence(members, fleet.problems());
    const holding = holdBlocks(fleet);
    const versions = new Set(members.flatMap(({ version }) => version ?? []));
    return {
      peer: { product: 'Sentinel', version: [...versions].join(', ') },
      server: sayPlaces(members),
      user: null,
      permissions: [],
      warnings: warningsOf(members),
      namespaces: null,
      topology: createTopologySource(fleet),
      signals: createSignals(fleet),
      events: createEvents(fleet),
      protections: createProtections(fleet),
      isolation: createIsolation(fleet, holding),
      configuration: createRuleSource(fleet),
      config: createRuleControl(fleet),
      proof: createProof(fleet),
      [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
    };
  } catch (error) {
    await fleet[Symbol.asyncDispose]();
    throw error;
  }
}

function silence(members: readonly Member[], problems: readonly string[]): PeerError {
  const [first] = members;
  return new PeerError(
    'unreachable',
    first === undefined
      ? `No command centre was found. ${problems.join('; ')}`
      : `No command centre answers. ${first.name}: ${first.problem ?? ''}`,
  );
}

function sayPlaces(members: readonly Member[]): string {
  const names = members.map(({ address }) => address);
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

function warningsOf(members: readonly Member[]): string[] {
  const off = members.filter(({ isOn }) => isOn === false);
  const silent = members.filter(({ rules }) => rules === null);
  return [
    'Command centres ask nobody who they are, speak plain HTTP and listen on every address of their machine: whoever reaches the port can change rules, even by a link that is followed. Keep it within the machine or a network of its own.',
    ...(off.length === 0
      ? []
      : [
          `Sentinel is switched off in ${off.map(({ app, name }) => `${app} at ${name}`).join(', ')}: its rules do nothing there.`,
        ]),
    ...silent
      .slice(0, 5)
      .map(({ app, name, problem }) => `${app} at ${name} does not answer: ${problem ?? ''}`),
  ];
}
