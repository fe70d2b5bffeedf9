import { anySignal } from '../connectors/kit/anySignal.ts';
import type { ObjectSource } from '../connectors/kit/objects.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { OneMap } from './oneMap.ts';
import { Refusal } from './refusal.ts';

/** Asks each system that knows the service, its primary one first, until one answers. */
export async function askObjects<T>(
  serviceId: string,
  oneMap: OneMap,
  tried: string,
  ask: (source: ObjectSource, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  let problem: string | null = null;
  for (const { connection } of oneMap.places(serviceId)) {
    const limit = signal === undefined ? connection.closed : anySignal([connection.closed, signal]);
    for (const { session } of [...connection.sources]) {
      if (session.objects === undefined) continue;
      try {
        return await ask(session.objects, limit);
      } catch (thrown) {
        signal?.throwIfAborted();
        problem ??= sayError(thrown, tried);
      }
    }
  }
  throw new Refusal('PEER', problem ?? 'No system that knows this service keeps it as an object.');
}
