import { retryProduct } from '../analysis/retryProduct.ts';
import type { ProtectionForm } from '../model/protection.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { World } from './world.ts';

/** Says in the forms what the retries declared along the paths to a service make of one request, for the callers seen. */
export function withRetryProduct(
  forms: readonly ProtectionForm[],
  serviceId: string,
  connection: LiveConnection,
  world: World,
): ProtectionForm[] {
  const product = retryProduct(world.graph(), serviceId, triesIn(connection, world));
  if (product === null) return [...forms];
  return forms.map((form) => ({
    ...form,
    sections: form.sections.map((section) => ({
      ...section,
      fields: section.fields.map((field) =>
        field.key.endsWith('retries.attempts')
          ? { ...field, trap: [product, field.trap].filter((part) => part !== null).join(' ') }
          : field,
      ),
    })),
  }));
}

/** How often a request to a service is sent at most, as its routes declare; 1 where none says so. */
function triesIn({ sources }: LiveConnection, world: World): (serviceId: string) => number {
  const declared = sources.flatMap(({ session }) => session.protections?.declared() ?? []);
  return (serviceId) => {
    const hosts = world.service(serviceId)?.hosts ?? [];
    const protections = declared.flatMap((one) => hosts.flatMap((host) => one.get(host) ?? []));
    return Math.max(1, ...protections.map(({ tries }) => tries ?? 1));
  };
}
