import { fewAtOnce } from '../../kit/fewAtOnce.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { textAt } from '../../kube/objects.ts';
import { pathOf, secrets } from '../../kube/resources.ts';
import { firstToEnd } from './parse.ts';
import type { SecretUse, ServiceName } from './secretUses.ts';
import { joined, type Told } from './told.ts';

/** More are not read in one go: each is a request, and an entry in the audit log. */
const mostRead = 60;
const mostNamed = 4;

/** A Secret that is named, with everybody who names it. */
interface Named extends ServiceName {
  readonly users: readonly string[];
  readonly services: readonly ServiceName[];
}

/**
 * Reads named Secrets one by one, and keeps their certificates only: a server hands a Secret out whole, key and all, so that
 * nothing else of the answer may leave this file.
 */
export async function readSecrets(
  { read }: Pick<KubeClient, 'read'>,
  uses: readonly SecretUse[],
  signal: AbortSignal,
): Promise<{ readonly certificates: readonly Told[]; readonly problems: readonly string[] }> {
  const named = byName(uses);
  const unknown = new Map<string, Named[]>();
  const certificates: Told[] = [];
  const note = (why: string, one: Named): void => void unknown.set(why, [...(unknown.get(why) ?? []), one]);
  await fewAtOnce(named.slice(0, mostRead), async (one) => {
    try {
      const first = firstToEnd(await certificateIn(read, one, signal));
      if (first === null) note('it holds no certificate that can be read', one);
      else
        certificates.push({
          kind: 'secret',
          where: `Secret ${one.namespace}/${one.name}`,
          usedBy: joined(one.users),
          services: one.services,
          ...first,
        });
    } catch (error) {
      signal.throwIfAborted();
      note(whyUnread(error, one.namespace), one);
    }
  });
  for (const one of named.slice(mostRead)) note(`Podium reads ${mostRead} at most`, one);
  return { certificates, problems: [...unknown].map(([why, those]) => saysUnknown(those, why)) };
}

/** The public part of a TLS Secret, whose usual name is tls.crt; Istio also takes `cert`, Linkerd `crt.pem`. */
export async function certificateIn(
  read: KubeClient['read'],
  { namespace, name }: ServiceName,
  signal: AbortSignal,
): Promise<string> {
  const secret = await read(pathOf(secrets, namespace, name), signal);
  const encoded = ['tls.crt', 'cert', 'crt.pem'].map((key) => textAt(secret, 'data', key));
  return Buffer.from(encoded.find((one) => one !== null) ?? '', 'base64').toString('latin1');
}

/** "you may not get secrets in shop". */
export function whyUnread(error: unknown, namespace: string): string {
  if (!(error instanceof PeerError)) return sayError(error, 'reading it');
  if (error.kind === 'forbidden') return `you may not get secrets in ${namespace}`;
  if (error.kind === 'notFound') return 'there is no such Secret';
  return error.message;
}

/** "When the certificate in Secret shop/edge-tls (of Ingress shop/edge) ends is not known: you may not get secrets in shop." */
function saysUnknown(those: readonly Named[], why: string): string {
  const some = those
    .slice(0, mostNamed)
    .map(({ namespace, name, users }) => `${namespace}/${name} of ${joined(users)}`);
  const rest = those.length > some.length ? `, and ${those.length - some.length} more` : '';
  const what =
    those.length === 1
      ? `the certificate in Secret ${some.join('')} ends`
      : `the certificates in ${those.length} Secrets end (${some.join(', ')}${rest})`;
  return `When ${what} is not known: ${why}.`;
}

function byName(uses: readonly SecretUse[]): readonly Named[] {
  const found = new Map<string, Named>();
  for (const { namespace, name, usedBy, services } of uses) {
    const key = `${namespace}/${name}`;
    const known = found.get(key);
    found.set(key, {
      namespace,
      name,
      users: [...new Set([...(known?.users ?? []), usedBy])],
      services: distinct([...(known?.services ?? []), ...services]),
    });
  }
  return [...found.values()];
}

/** Each Service once. */
export const distinct = (all: readonly ServiceName[]): readonly ServiceName[] => [
  ...new Map(all.map((one) => [`${one.namespace}/${one.name}`, one])).values(),
];
