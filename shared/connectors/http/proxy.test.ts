import { expect, test } from 'vitest';
import { proxyOf } from './proxy.ts';

const at = (server: string, env: Record<string, string>): string | null =>
  proxyOf({ server }, env)?.url ?? null;

test('the kubeconfig’s own proxy goes first, then the environment’s for the server’s scheme', () => {
  const env = { HTTPS_PROXY: 'http://secure:3128', http_proxy: 'plain:3128' };
  expect(proxyOf({ server: 'https://k8s.example.com', 'proxy-url': 'socks5://mine:1080' }, env)).toEqual({
    url: 'socks5://mine:1080',
    from: 'proxy-url',
  });
  expect(proxyOf({ server: 'https://k8s.example.com' }, env)).toEqual({
    url: 'http://secure:3128',
    from: 'HTTPS_PROXY',
  });
  expect(at('http://k8s.example.com', env)).toBe('http://plain:3128');
  expect(at('https://k8s.example.com', {})).toBeNull();
});

test('NO_PROXY names hosts, what is below a domain, addresses, ranges and ports; this machine is never proxied', () => {
  const past = (server: string, NO_PROXY: string): boolean =>
    at(server, { HTTPS_PROXY: 'http://p', NO_PROXY }) === null;
  const cases: [server: string, list: string, expected: boolean][] = [
    ['https://localhost:6443', '', true],
    ['https://127.3.2.1', '', true],
    ['https://[::1]:6443', '', true],
    ['https://k8s.example.com', 'other.com, example.com', true],
    ['https://example.com', '.example.com', false],
    ['https://k8s.example.com', '.example.com', true],
    ['https://k8s.example.com', '*.example.com', true],
    ['https://badexample.com', 'example.com', false],
    ['https://10.1.2.3:6443', '10.0.0.0/8', true],
    ['https://11.1.2.3:6443', '10.0.0.0/8', false],
    ['https://[fd00::7]', 'fd00::/8', true],
    ['https://10.1.2.3:6443', '10.1.2.3', true],
    ['https://k8s.example.com:6443', 'k8s.example.com:6443', true],
    ['https://k8s.example.com', 'k8s.example.com:6443', false],
    ['https://k8s.example.com', '*', true],
    ['https://k8s.example.com', '10.0.0.0/99,/,nonsense/8,', false],
  ];
  for (const [server, list, expected] of cases)
    expect([server, list, past(server, list)]).toEqual([server, list, expected]);
});
