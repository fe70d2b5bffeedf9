import { lookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { BlockList, isIP } from 'node:net';
import { PeerError } from '../kit/peerError.ts';
import type { Transport } from '../kit/transport.ts';
import type { Reach } from './reach.ts';
import { send } from './request.ts';

/** Addresses at which no Prometheus of the operator's is, and metadata services are. */
const never = new BlockList();
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('0.0.0.0', 8, 'ipv4');
never.addSubnet('224.0.0.0', 4, 'ipv4');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');
never.addAddress('::', 'ipv6');
never.addAddress('fd00:ec2::254', 'ipv6');

/** Reaches an address the operator typed, with the headers they gave. Throws `PeerError` for one that is not accepted. */
export async function createOriginTransport(
  address: string,
  headers: readonly { readonly name: string; readonly value: string }[],
): Promise<Transport & { close(): void }> {
  const url = checkAddress(address);
  const given = checkHeaders(headers);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Looked up once and kept: a name that changes its mind later leads nowhere new.
  const found = isIP(host) > 0 ? [{ address: host, family: isIP(host) }] : await resolve(host);
  const bad = found.find((one) =>
    never.check(plainAddress(one.address), isIP(plainAddress(one.address)) === 6 ? 'ipv6' : 'ipv4'),
  );
  const pinned = found[0];
  if (pinned === undefined || bad !== undefined)
    throw new PeerError(
      'refused',
      `${url.origin} is a link-local, multicast or metadata address (${bad?.address ?? host}); Podium does not go there.`,
    );
  const options = {
    keepAlive: true,
    lookup: ((
      _: string,
      asked: { all?: boolean },
      done: (error: null, address: unknown, family?: number) => void,
    ) => {
      if (asked.all === true) done(null, [pinned]);
      else done(null, pinned.address, pinned.family);
    }) as never, // Node's type knows only one of the two ways in which it calls this.
  };
  const agent = url.protocol === 'http:' ? new http.Agent(options) : new https.Agent({ ...options });
  const reach: Reach = {
    server: url,
    name: url.origin + url.pathname.replace(/\/$/, ''),
    headers: () => Promise.resolve(given),
    agent: () => agent,
    tls: {},
    authority: null,
    close: () => agent.destroy(),
  };
  return {
    route: `at ${reach.name}`,
    async request(request) {
      const answer = await send(reach, request);
      if (answer.status >= 300 && answer.status < 400)
        throw new PeerError(
          'notThePeer',
          `${reach.name} answers with a redirect (${answer.status}), which Podium does not follow. Give the address it leads to.`,
          { status: answer.status },
        );
      return answer;
    },
    close: () => reach.close(),
  };
}

function checkAddress(address: string): URL {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new PeerError('refused', 'The address is not an http or https address.');
  if (url.username !== '' || url.password !== '')
    throw new PeerError(
      'refused',
      'The address carries a user name or password; give them as a header instead.',
    );
  if (url.search !== '' || url.hash !== '')
    throw new PeerError('refused', 'The address has a query or a fragment; give the address without it.');
  if (/^metadata(\.google)?(\.internal)?$/i.test(url.hostname))
    throw new PeerError(
      'refused',
      `${url.hostname} is a cloud’s metadata service; Podium does not go there.`,
    );
  return url;
}

function checkHeaders(
  headers: readonly { readonly name: string; readonly value: string }[],
): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const { name, value } of headers) {
    if (!/^[!#$%&'*+.^_`|~0-9a-zA-Z-]+$/.test(name))
      throw new PeerError('refused', 'A header has a name that is none.');
    if (/^(host|connection|content-length|transfer-encoding|upgrade)$/i.test(name))
      throw new PeerError('refused', `The header ${name} cannot be set.`);
    if (!/^[\t\x20-\x7e]*$/.test(value))
      throw new PeerError('refused', `The value of the header ${name} holds characters that no header may.`);
    checked[name.toLowerCase()] = value;
  }
  return checked;
}

async function resolve(
  host: string,
): Promise<readonly { readonly address: string; readonly family: number }[]> {
  try {
    return await lookup(host, { all: true });
  } catch (cause) {
    throw new PeerError('unreachable', `The name ${host} is not known (DNS).`, { cause });
  }
}

/** An IPv4 address in an IPv6 coat is still that IPv4 address. */
const plainAddress = (address: string): string =>
  /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
