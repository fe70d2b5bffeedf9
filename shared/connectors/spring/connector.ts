import { z } from 'zod';
import { createOriginTransport } from '../http/originTransport.ts';
import { parseRanges } from '../http/ranges.ts';
import { Header } from '../http/typedFields.ts';
import type { Connector, ProofSource, Session, SignalSource } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { createAddressSource } from './addresses.ts';
import { createCalls } from './calls.ts';
import { createConfigControl } from './config/control.ts';
import { createDesk } from './config/desk.ts';
import { createConfigProof } from './config/proof.ts';
import { createConfigSource } from './config/source.ts';
import { createEvents } from './events.ts';
import { createFleet } from './fleet.ts';
import { createGateways } from './gateway/gateways.ts';
import { createGatewayProof } from './gateway/proof.ts';
import { createRouting } from './gateway/routing.ts';
import { createGatewaySignals } from './gateway/signals.ts';
import { createWeights } from './gateway/weights.ts';
import { createCloseControl } from './isolation/close.ts';
import { holdBreakers } from './isolation/holding.ts';
import { createIsolation } from './isolation/isolation.ts';
import { createProtections } from './protections.ts';
import { createProof } from './proof.ts';
import { createSpringSignals } from './signals/signals.ts';

const Settings = z.object({
  /** Where actuators may lie; instances that register others are not asked. */
  within: z.string(),
  headers: z.array(Header).default([]),
  configServer: z
    .object({ address: z.string(), headers: z.array(Header), folder: z.string().nullable() })
    .optional(),
});
export type SpringSettings = z.infer<typeof Settings>;

/** The actuators of every instance that a registry knows: breakers and health, each read and set in each of them. */
export const spring: Connector<SpringSettings> = {
  id: 'spring',
  title: 'Spring actuators',
  capabilities: [
    'topology',
    'addresses',
    'signals',
    'protections',
    'events',
    'configuration',
    'weights',
    'routing',
    'isolation',
    'breakers',
    'config',
    'proof',
  ],
  settings: Settings,
  open({ within, headers, configServer }, host) {
    const feed = host.lent.instances;
    if (feed === undefined)
      throw new PeerError('refused', 'Spring’s actuators are found through a registry; open that one.');
    const approved = parseRanges(within);
    const fleet = createFleet(
      feed,
      (address) => createOriginTransport({ address, headers, within: approved }, host),
      host,
    );
    const holding = holdBreakers(fleet);
    const gateways = createGateways(fleet);
    const desk = createDesk(configServer, fleet);
    let routed: SignalSource | null = null;
    void gateways.found.then(() => {
      routed = createGatewaySignals(gateways);
    });
    const session: Session = {
      peer: { product: 'Spring actuators', version: '' },
      server: `within ${approved.words}`,
      user: null,
      permissions: [],
      warnings: [],
      namespaces: null,
      topology: createCalls(fleet),
      signals: createSpringSignals(fleet, () => routed),
      addresses: createAddressSource(gateways),
      protections: createProtections(fleet),
      events: createEvents(fleet),
      weights: createWeights(gateways),
      routing: createRouting(gateways),
      isolation: createIsolation(fleet, holding),
      breakers: createCloseControl(fleet, holding),
      configuration: createConfigSource(desk),
      config: createConfigControl(desk),
      proof: eitherProof(createProof(fleet), createGatewayProof(gateways), createConfigProof(desk)),
      async [Symbol.asyncDispose]() {
        desk.close();
        await gateways[Symbol.asyncDispose]();
        await fleet[Symbol.asyncDispose]();
      },
    };
    return Promise.resolve(session);
  },
};

/** Whichever of them has something to say. */
const eitherProof = (...sources: readonly ProofSource[]): ProofSource => ({
  note: (expectation) =>
    sources.map((source) => source.note(expectation)).find((note) => note !== null) ?? null,
  async loaded(expectation, since, signal) {
    for (const source of sources) {
      const proof = await source.loaded(expectation, since, signal);
      if (proof !== null) return proof;
    }
    return null;
  },
});
