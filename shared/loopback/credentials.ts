import { headerValues } from './requestGuard.ts';

const protocol = 'podium';
const tokenPrefix = 'podium.token.';
const tokenHeader = 'x-podium-token';
const secretShape = /^[A-Za-z0-9_-]{43}$/;

/** The token a plain request carries in its own header, or null when it is absent, twice there or misshapen. */
export function headerToken(rawHeaders: readonly string[]): string | null {
  const tokens = headerValues(rawHeaders, tokenHeader);
  return tokens.length === 1 ? secretOf(tokens[0]) : null;
}

/**
 * The token of an upgrade, from its subprotocols alone. A token in a second place, or two of them, is no token:
 * whoever sends that is probing which of them is looked at.
 */
export function upgradeToken(url: string, rawHeaders: readonly string[]): string | null {
  if (url.includes('?')) return null;
  if (headerValues(rawHeaders, tokenHeader).length > 0) return null;
  if (headerValues(rawHeaders, 'authorization').length > 0) return null;
  const lines = headerValues(rawHeaders, 'sec-websocket-protocol');
  if (lines.length !== 1) return null;
  const offered = (lines[0] ?? '').split(',').map((each) => each.trim());
  const tokens = offered.filter((each) => each.startsWith(tokenPrefix));
  if (offered.length !== 2 || tokens.length !== 1 || !offered.includes(protocol)) return null;
  return secretOf(tokens[0]?.slice(tokenPrefix.length));
}

/** Every value that the request's cookies give for one name. */
export function cookieValues(rawHeaders: readonly string[], name: string): readonly string[] {
  return headerValues(rawHeaders, 'cookie')
    .flatMap((line) => line.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
    .slice(0, 16);
}

/** The subprotocol that is agreed on; never the one that carries the token. */
export function agreedProtocol(): string {
  return protocol;
}

function secretOf(value: string | undefined): string | null {
  return value !== undefined && secretShape.test(value) ? value : null;
}
