import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy that leads to a server, and who named it. */
export interface NamedProxy {
  readonly url: string;
  /** "proxy-url" or the variable's name. */
  readonly from: string;
}

/** The proxy to a server: the kubeconfig's, else the environment's, read as kubectl reads it; null for none. */
export function proxyOf(
  cluster: { readonly server?: string | undefined; readonly 'proxy-url'?: string | undefined },
  env: Environment = process.env,
): NamedProxy | null {
  if (cluster['proxy-url']) return { url: cluster['proxy-url'], from: 'proxy-url' };
  const server = URL.parse(cluster.server ?? '');
  if (server === null) return null;
  const names = server.protocol === 'http:' ? ['HTTP_PROXY', 'http_proxy'] : ['HTTPS_PROXY', 'https_proxy'];
  const from = names.find((name) => env[name]);
  const url = from === undefined ? undefined : env[from];
  if (from === undefined || url === undefined || isExempt(server, env['NO_PROXY'] || env['no_proxy'] || ''))
    return null;
  return { url: /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`, from };
}

function isExempt(server: URL, list: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'http:' ? '80' : '443');
  if (host === 'localhost' || isWithin(host, '127.0.0.0/8') || host === '::1') return true;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => isNamed(host, port, entry));
}

function isNamed(host: string, port: string, entry: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry.includes('/')) return isWithin(host, entry);
  if (isIP(entry) > 0) return entry === host;
  const [, name = entry, onlyPort] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  // "example.com" means it and all below it, ".example.com" only what is below.
  const domain = name.replace(/^\*?\./, '');
  return (domain === name && host === domain) || host.endsWith(`.${domain}`);
}

function isWithin(host: string, range: string): boolean {
  const [net = '', bits = ''] = range.split('/');
  const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(net) === 0 || isIP(host) !== isIP(net) || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 'ipv6' ? 128 : 32)) return false;
  const block = new BlockList();
  block.addSubnet(net, Number(bits), family);
  return block.check(host, family);
}
