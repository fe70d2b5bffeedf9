import { lookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { ConnectorHost } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import { trustingContext } from './authorities.ts';
import type { Transport } from '../kit/transport.ts';
import type { ApprovedRanges } from './ranges.ts';
import type { Reach } from './reach.ts';
import { send } from './request.ts';

/** Addresses at which no peer of the operator's is, and metadata services are. */
const never = new BlockList();
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('0.0.0.0', 8, 'ipv4');
never.addSubnet('224.0.0.0', 4, 'ipv4');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');
never.addAddress('::', 'ipv6');
never.addAddress('fd00:ec2::254', 'ipv6');
// Of clouds that keep their metadata elsewhere, and the first of these through NAT64.
never.addAddress('100.100.100.200', 'ipv4');
never.addAddress('168.63.129.16', 'ipv4');
never.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

const here = new BlockList();
here.addSubnet('127.0.0.0', 8, 'ipv4');
here.addAddress('::1', 'ipv6');

/** What the operator typed about one peer. */
export interface Origin {
  /** "https://consul.example.com:8501", perhaps with a path before all others. */
  readonly address: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** A certificate authority in PEM form, where it is not one of the system's. */
  readonly authority?: string;
  /** The peer's certificate is not looked at; everybody on the way can read and change what is sent. */
  readonly skipVerify?: boolean;
  /** Where it must lie, for an address that a peer told of; what the operator typed lies where they want it. */
  readonly within?: ApprovedRanges;
  /** The proxy that leads there: it looks the name up, and nothing here does. */
  readonly proxy?: string;
}

/** A transport that holds connections of its own. */
export type OriginTransport = Transport & {
  /** Cuts what is being read. A write that is under way ends by itself: nobody would know what one that was cut has done. */
  close(): void;
  /** Keeps no connection any more; what is under way, and what follows from it, ends by itself. */
  retire(): void;
};

/**
 * Reaches an address the operator typed, with the headers they gave, and nothing else: its name is looked up once, redirects
 * are not followed. Throws `PeerError` for an address that is not accepted.
 */
export async function createOriginTransport(
  origin: Origin,
  podium: Pick<ConnectorHost, 'ownPorts' | 'meter'>,
): Promise<OriginTransport> {
  const url = checkAddress(origin.address);
  const given = checkHeaders(origin.headers);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isProxied = origin.proxy !== undefined;
  // Looked up once and kept: a name that changes its mind later leads nowhere new.
  const found =
    isIP(host) > 0 ? [{ address: host, family: isIP(host) }] : isProxied ? [] : await addressesOf(host);
  const pinned = found[0];
  if (pinned === undefined && !isProxied)
    throw new PeerError('unreachable', `The name ${host} has no address.`);
  for (const { address } of found) checkPlace(url, plainAddress(address), podium.ownPorts(), origin.within);
  const tls = url.protocol === 'http:' ? {} : tlsOf(origin);
  const makeAgent = (keepAlive: boolean): http.Agent => {
    const options = {
      keepAlive,
      ...(pinned === undefined || isProxied
        ? { proxyEnv: { HTTP_PROXY: origin.proxy, HTTPS_PROXY: origin.proxy } }
        : { lookup: (_: string, asked: { all?: boolean }, done: Looked) => told(pinned, asked, done) }),
    };
    // Node's type knows only one of the two ways in which it calls `lookup`.
    return url.protocol === 'http:'
      ? new http.Agent(options as http.AgentOptions)
      : new https.Agent({ ...options, ...tls } as https.AgentOptions);
  };
  const agents = { read: makeAgent(true), write: makeAgent(false) };
  const reach: Reach = {
    server: url,
    name: url.origin + url.pathname.replace(/\/$/, ''),
    headers: () => Promise.resolve(given),
    agent: (write) => (write ? agents.write : agents.read),
    tls,
    authority: null,
    // Writes have connections of their own, which nobody keeps.
    close: () => agents.read.destroy(),
  };
  return {
    route: `at ${reach.name}`,
    async request(request) {
      podium.meter?.count(request.countsAs ?? (request.method === 'GET' ? 'read' : 'write'));
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
    retire() {
      agents.read.maxFreeSockets = 0;
      for (const idle of Object.values(agents.read.freeSockets)) idle?.forEach((socket) => socket.destroy());
    },
  };
}

type Looked = (error: null, address: unknown, family?: number) => void;

function told(
  pinned: { readonly address: string; readonly family: number },
  asked: { all?: boolean },
  done: Looked,
): void {
  if (asked.all === true) done(null, [pinned]);
  else done(null, pinned.address, pinned.family);
}

/** Throws where no peer of the operator's is: metadata services, multicast, and Podium itself. */
function checkPlace(url: URL, address: string, ownPorts: readonly number[], within?: ApprovedRanges): void {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (never.check(address, family))
    throw new PeerError(
      'refused',
      `${url.origin} is a link-local, multicast or metadata address (${address}); Podium does not go there.`,
    );
  const port = Number(url.port || (url.protocol === 'http:' ? 80 : 443));
  if (here.check(address, family) && ownPorts.includes(port))
    throw new PeerError('refused', `${url.origin} is Podium itself; it does not go there.`);
  if (within !== undefined && !within.allows(address, port))
    throw new PeerError(
      'refused',
      `${url.origin} was told by a peer and is not within what you approved for this connection (${within.words}). Add it there if it is yours.`,
    );
}

function tlsOf({ authority, skipVerify }: Origin): https.AgentOptions {
  if (authority !== undefined && !authority.includes('-----BEGIN CERTIFICATE-----'))
    throw new PeerError(
      'refused',
      'The certificate authority is not in PEM form (-----BEGIN CERTIFICATE-----).',
    );
  return {
    ...(authority === undefined ? { secureContext: trustingContext(null) } : { ca: authority }),
    ...(skipVerify === true ? { rejectUnauthorized: false } : {}),
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

/** Every address that a name stands for. Throws `PeerError` for one that nobody knows. */
export async function addressesOf(
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
