import { eureka, type EurekaSettings } from '../../shared/connectors/eureka/connector.ts';
import type { ConnectorHost, Proof, Session } from '../../shared/connectors/kit/connector.ts';
import { spring } from '../../shared/connectors/spring/connector.ts';
import type { Expectation } from '../../shared/model/change.ts';
import type { Trip } from '../../shared/model/operation.ts';
import { hostOf, until } from './cluster.ts';
import { signal } from './weights.ts';

/** A Eureka with payment and two instances of order, each with a breaker “payment”, that a suite may change. */
export interface SpringUnderTest extends AsyncDisposable {
  readonly settings: EurekaSettings;
  readonly clock: ConnectorHost['clock'];
  /** Instances of order that are up now. */
  orders(): readonly string[];
  /** Names and states of an instance's breakers, read past Podium. */
  breakersIn(id: string): Promise<Readonly<Record<string, string>>>;
  /** As somebody else does it by hand. */
  setByHand(id: string, verb: string): Promise<void>;
  /** Its calls of payment fail until its breaker opens by itself; then payment answers again. */
  openByFailing(id: string): Promise<void>;
  /** Whether a call of payment through this instance gets its fallback; null where no calls can be made. */
  fallsBack(id: string): Promise<boolean | null>;
  /** Another instance of order comes; resolves to its id once Eureka lists it. */
  join(): Promise<string>;
  /** What Eureka itself says of an instance of payment, read past Podium. */
  statusOf(id: string): Promise<string | null>;
  /** The discovery clients of all instances fetch the list anew; resolves at once where they do by themselves. */
  clientsFollow(): void;
  /** Which instances of payment answer order's calls now; null where no calls can be made. */
  paidBy(): Promise<ReadonlySet<string> | null>;
  /** Its process ends and begins anew, under the same name. */
  restart(id: string): Promise<void>;
}

/** The registry's session and that of the actuators which it offers. */
export interface OpenSpring extends AsyncDisposable {
  readonly registry: Session;
  readonly actuators: Session;
}

export async function openSpring({
  settings,
  clock,
}: Pick<SpringUnderTest, 'settings' | 'clock'>): Promise<OpenSpring> {
  const registry = await eureka.open(eureka.settings.parse(settings), hostOf({}, clock));
  const found = await registry.offers?.find(signal);
  const offer = found?.offers.find((one) => one.connector === 'spring');
  if (offer === undefined) throw new Error(`no actuators were offered: ${JSON.stringify(found?.absent)}`);
  const actuators = await spring.open(spring.settings.parse(offer.settings), hostOf(offer.lent, clock));
  return {
    registry,
    actuators,
    async [Symbol.asyncDispose]() {
      await actuators[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    },
  };
}

export const tripPayment = (more: Partial<Trip> = {}): Trip => ({
  kind: 'trip',
  connectionId: 'conformance',
  call: {
    calleeId: 'conformance/default/payment',
    host: 'payment',
    caller: { id: 'conformance/default/order', namespace: 'default', name: 'order' },
  },
  mechanism: { kind: 'breaker', name: 'payment', state: 'forcedOpen' },
  forSeconds: 300,
  ...more,
});

/** Polls until something is so; for what no stream tells. */
export async function eventually<T>(
  read: () => Promise<T> | T,
  expected: (value: T) => boolean,
  ms = 30_000,
): Promise<T> {
  return until(
    async function* (stop) {
      while (!stop.aborted) {
        yield await read();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    expected,
    ms,
  );
}

/** What the actuators' session says of an expectation being in force. */
export const proofOf = async (session: Session, expectation: Expectation, since: number): Promise<Proof> => {
  const proof = await session.proof?.loaded(expectation, since, signal);
  if (proof === undefined || proof === null) throw new Error('the session has nothing to say of it');
  return proof;
};
