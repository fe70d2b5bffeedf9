import { z } from 'zod';
import type { Permission } from '../../model/connection.ts';
import { PeerError } from '../kit/peerError.ts';
import type { ConsulApi, Right } from './api.ts';

const verdicts = z.array(z.object({ Allow: z.boolean() }));

const asked: readonly (Right & { readonly purpose: string })[] = [
  { resource: 'service', access: 'read', segment: '', purpose: 'services, instances and their entries' },
  { resource: 'node', access: 'read', segment: '', purpose: 'nodes and their checks' },
  { resource: 'service', access: 'write', segment: '', purpose: 'weights, protections, trips' },
  { resource: 'intention', access: 'read', segment: '', purpose: 'who may call whom' },
  { resource: 'intention', access: 'write', segment: '', purpose: 'denying calls' },
  { resource: 'key', access: 'read', segment: '', purpose: 'configuration in the key-value store' },
  { resource: 'key', access: 'write', segment: '', purpose: 'changing configuration' },
  { resource: 'operator', access: 'write', segment: '', purpose: 'defaults of all proxies' },
];

/** What the token may do to every service, node and key; narrower rules show when something is planned. */
export async function readPermissions(api: ConsulApi, signal: AbortSignal): Promise<Permission[]> {
  const allowed = await ask(api, asked, signal);
  return asked.map(({ resource, access, purpose }, i) => ({
    verb: access,
    resource: `${resource} (all)`,
    namespace: null,
    allowed: allowed[i] ?? null,
    purpose,
  }));
}

/** Whether the token may write one thing; null where Consul does not say. */
export async function mayWrite(
  api: ConsulApi,
  resource: Right['resource'],
  segment: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const [allowed] = await ask(api, [{ resource, access: 'write', segment }], signal);
  return allowed ?? null;
}

async function ask(
  api: ConsulApi,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<readonly (boolean | null)[]> {
  try {
    const read = verdicts.safeParse(await api.authorize(rights, signal));
    return read.success ? read.data.map(({ Allow }) => Allow) : rights.map(() => null);
  } catch (error) {
    if (signal.aborted || !(error instanceof PeerError)) throw error;
    // Without ACLs there is nothing to ask, and nothing is forbidden.
    if (/ACL support disabled/i.test(error.message)) return rights.map(() => true);
    return rights.map(() => null);
  }
}
