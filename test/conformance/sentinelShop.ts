import type { ConnectorHost, Proof, Session } from '../../shared/connectors/kit/connector.ts';
import type { Control } from '../../shared/connectors/kit/control.ts';
import { sentinel, type SentinelSettings } from '../../shared/connectors/sentinel/connector.ts';
import type { Expectation } from '../../shared/model/change.ts';
import type { ConfigDocument } from '../../shared/model/config.ts';
import type { EditDocument, Trip } from '../../shared/model/operation.ts';
import { hostOf } from './cluster.ts';
import { signal } from './weights.ts';

export type FlowRule = Readonly<Record<string, unknown>>;

/** Payment and two instances of order, which calls it as its resource “payment”; a third of order can come. */
export interface SentinelUnderTest extends AsyncDisposable {
  /** All command centres, also of the one that comes later. */
  readonly settings: SentinelSettings;
  readonly clock: ConnectorHost['clock'];
  /** Instances of order that are up now. */
  orders(): readonly string[];
  /** The instance as Podium names it: its command centre’s host and port. */
  nameOf(id: string): string;
  /** An instance's flow rules, read past Podium. */
  rulesIn(id: string): Promise<readonly FlowRule[]>;
  /** As somebody else sets them, all of one type. */
  setByHand(id: string, rules: readonly FlowRule[], type?: string): Promise<void>;
  switchByHand(id: string, on: boolean): Promise<void>;
  /** What a client sees of one order: paid, the fallback because the call of payment was blocked, or itself refused. */
  order(id: string): Promise<'paid' | 'fallback' | 'refused'>;
  /** Another instance of order comes and is called once; resolves to its id. */
  join(): Promise<string>;
  /** Its process ends. */
  stop(id: string): Promise<void>;
  /** One that was stopped begins anew at the same place, without the rules that it had in memory. */
  begin(id: string): Promise<void>;
}

export const tripPayment = (more: Partial<Trip> = {}): Trip => ({
  kind: 'trip',
  connectionId: 'conformance',
  call: {
    calleeId: 'conformance/default/payment',
    host: 'payment',
    caller: { id: 'conformance/default/order', namespace: 'default', name: 'order' },
  },
  mechanism: { kind: 'block', application: 'order', resources: ['payment'] },
  forSeconds: 300,
  ...more,
});

export const openSentinel = ({
  settings,
  clock,
}: Pick<SentinelUnderTest, 'settings' | 'clock'>): Promise<Session> =>
  sentinel.open(sentinel.settings.parse(settings), hostOf({}, clock));

export const proofOf = async (session: Session, expectation: Expectation, since: number): Promise<Proof> => {
  const proof = await session.proof?.loaded(expectation, since, signal);
  if (proof === undefined || proof === null) throw new Error('the session has nothing to say of it');
  return proof;
};

export async function flowRulesOf(session: Session, application = 'order'): Promise<ConfigDocument> {
  const all = await session.configuration?.read(
    { namespace: 'default', name: application, hosts: [] },
    signal,
  );
  const found = all?.find(({ document }) => document.kind === 'Flow rules');
  if (found === undefined) throw new Error(`${application} shows no flow rules`);
  return found;
}

export const editOf = ({ document, revision }: ConfigDocument, text: string): EditDocument => ({
  kind: 'editDocument',
  connectionId: 'conformance',
  serviceId: null,
  document,
  revision,
  edit: { kind: 'yaml', text },
  restart: [],
});

export function configOf(session: Session): Control<EditDocument> {
  if (session.config === undefined) throw new Error('the session writes no rules');
  return session.config;
}
