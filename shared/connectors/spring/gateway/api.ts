import { PeerError } from '../../kit/peerError.ts';
import type { Actuator } from '../api.ts';
import type { Definition } from './definitions.ts';

/** The part of one gateway's actuator that Podium uses; no other file knows its paths. Everything throws `PeerError`. */
export interface GatewayApi {
  /** What is stored, in memory and in files: a route that was written over a file's stands there twice. */
  definitions(signal: AbortSignal): Promise<unknown>;
  /** What is served. */
  live(signal: AbortSignal): Promise<unknown>;
  /** Whether its endpoint takes writes. Asks only for reading. */
  mayWrite(signal: AbortSignal): Promise<boolean>;
  /** Stores a definition in memory. It is served after the next refresh, also one that the gateway makes by itself. */
  store(definition: Definition, signal: AbortSignal): Promise<void>;
  /** Takes a definition out of memory; one that a file has too is as in the file again. `notFound` where memory has none. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  refresh(signal: AbortSignal): Promise<void>;
  /** Requests since the gateway began, of all or of one route, of all answers or of one status. `notFound` before the first. */
  requests(
    of: { readonly routeId?: string; readonly status?: string },
    signal: AbortSignal,
  ): Promise<unknown>;
}

export function createGatewayApi(actuator: Actuator): GatewayApi {
  return {
    definitions: (signal) =>
      actuator.ask({ tried: 'Reading route definitions', path: '/gateway/routedefinitions' }, signal),
    live: (signal) => actuator.ask({ tried: 'Reading routes', path: '/gateway/routes' }, signal),
    async mayWrite(signal) {
      try {
        await actuator.ask({ tried: 'Asking what it allows', path: '/gateway/refresh' }, signal);
        return true;
      } catch (error) {
        // The path is for POST alone. With read-only access it is not there at all, while the gateway's own index of
        // its paths goes on naming every write.
        if (error instanceof PeerError && error.kind === 'notFound') return error.status === 405;
        throw error;
      }
    },
    async store(definition, signal) {
      const path = `/gateway/routes/${encodeURIComponent(definition.id)}`;
      await actuator.ask(
        { tried: `Storing route ${definition.id}`, method: 'POST', path, body: definition, good: [200, 201] },
        signal,
      );
    },
    async remove(id, signal) {
      const path = `/gateway/routes/${encodeURIComponent(id)}`;
      await actuator.ask({ tried: `Removing route ${id} from memory`, method: 'DELETE', path }, signal);
    },
    async refresh(signal) {
      await actuator.ask({ tried: 'Refreshing routes', method: 'POST', path: '/gateway/refresh' }, signal);
    },
    requests({ routeId, status }, signal) {
      const tags = [
        ...(routeId === undefined ? [] : [`routeId:${routeId}`]),
        ...(status === undefined ? [] : [`httpStatusCode:${status}`]),
      ].map((tag) => `tag=${encodeURIComponent(tag)}`);
      const path = `/metrics/spring.cloud.gateway.requests${tags.length === 0 ? '' : `?${tags.join('&')}`}`;
      return actuator.ask({ tried: 'Reading counts of requests', path }, signal);
    },
  };
}
