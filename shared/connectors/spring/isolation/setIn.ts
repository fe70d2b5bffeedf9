import { z } from 'zod';
import { PeerError } from '../../kit/peerError.ts';
import { type Breaker, readBreakers } from '../breakers.ts';
import { refuseExpressions } from '../expressions.ts';
import type { Fleet, Member } from '../fleet.ts';
import { verbFor } from './words.ts';

const Answer = z.object({ circuitBreakerName: z.string(), currentState: z.string() });

/**
 * Sets a breaker in one instance, if a reading of this very moment shows it there: Resilience4j makes a new breaker of an
 * unknown name and calls that a success. Throws `PeerError`;
 * `notFound` where it has none of that name, `broken` where it took it and shows something else.
 */
export async function setIn(
  fleet: Fleet,
  { instance }: Member,
  name: string,
  state: 'FORCED_OPEN' | 'DISABLED' | 'CLOSED',
  signal: AbortSignal,
): Promise<void> {
  refuseExpressions(name, 'The name of the breaker');
  const actuator = await fleet.actuator(instance.uid);
  const before = readBreakers(await actuator.breakers(signal))?.get(name);
  if (before === undefined)
    throw new PeerError('notFound', `${instance.name} has no breaker “${name}” now; nothing was sent to it.`);
  if (before.state === state) return;
  const answer = Answer.safeParse(await actuator.setBreaker(name, verbFor(state), signal));
  if (!answer.success)
    throw new PeerError('notThePeer', `What answered for ${instance.name} is no actuator of Resilience4j.`);
  const after = readBreakers(await actuator.breakers(signal))?.get(name);
  if (after === undefined || after.state !== state)
    throw new PeerError(
      'broken',
      `${instance.name} took it, and its breaker is ${after?.state ?? 'gone'} all the same.`,
    );
  if (!isSame(before, after))
    throw new PeerError(
      'broken',
      `${instance.name} seems to have made the breaker “${name}” anew at this write: its thresholds are others than a moment before. It lasts until the instance restarts.`,
    );
}

/** Of a breaker that vanished in between, another one is there now, with the thresholds of all that have none of their own. */
const isSame = (a: Breaker, b: Breaker): boolean =>
  a.failureRatioThreshold === b.failureRatioThreshold && a.slowRatioThreshold === b.slowRatioThreshold;
