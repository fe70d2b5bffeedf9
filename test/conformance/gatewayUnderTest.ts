import type { ConnectorHost, Proof } from '../../shared/connectors/kit/connector.ts';
import type { PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { EurekaSettings } from '../../shared/connectors/eureka/connector.ts';
import type { Split } from '../../shared/model/weights.ts';
import { until } from './cluster.ts';
import type { OpenSpring } from './springShop.ts';
import { weightsOf } from './weights.ts';

/**
 * A Eureka with two versions of payment behind two copies of a gateway, whose file divides calls of payment by weights, 80
 * to v1 and 20 to v2, in routes “payment-v1” and “payment-v2” of group “payment”.
 */
export interface GatewayUnderTest extends AsyncDisposable {
  readonly settings: EurekaSettings;
  readonly clock: ConnectorHost['clock'];
  /** Copies that are up now. */
  gateways(): readonly string[];
  /** Weights that a copy serves, v1's and v2's, read past Podium. */
  served(id: string): Promise<readonly number[]>;
  /** How many routes a copy stores, in its file and in memory together. */
  stored(id: string): Promise<number>;
  /** Calls payment through a copy so often; how many calls each version counted itself. */
  call(
    id: string,
    times: number,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly v1: number; readonly v2: number }>;
  /** As somebody else does it by hand, in one copy. */
  setByHand(id: string, weights: readonly [number, number]): Promise<void>;
  /** Its process ends and begins anew, under the same name. */
  restart(id: string): Promise<void>;
  /** Another copy comes; resolves to its id once Eureka lists it. */
  join(): Promise<string>;
}

/** The split of group “payment” once it is as expected. */
export async function gatewaySplit(
  { actuators }: OpenSpring,
  expected: (split: Split) => boolean = () => true,
): Promise<Split> {
  const isIt = (split: Split): boolean => split.route.title === 'payment';
  const splits = await until(
    (stop) => weightsOf(actuators).watch(stop, () => undefined),
    (all) => all.some((split) => isIt(split) && expected(split)),
    60_000,
  );
  const found = splits.find(isIt);
  if (found === undefined) throw new Error('the split is gone');
  return found;
}

export const weightsIn = ({ destinations }: Split): (number | null)[] =>
  destinations.map(({ weight }) => weight);

/** Of one test: copies of a real gateway take their time to come and go. */
export const within = (): AbortSignal => AbortSignal.timeout(240_000);

/** What the actuators' session says of the weights being in force. */
export async function gatewayProof(
  { actuators }: OpenSpring,
  { expectation }: Pick<PlannedWrite, 'expectation'>,
  since: number,
): Promise<Proof> {
  const proof = await actuators.proof?.loaded(expectation, since, within());
  if (proof === undefined || proof === null) throw new Error('the session has nothing to say of it');
  return proof;
}
