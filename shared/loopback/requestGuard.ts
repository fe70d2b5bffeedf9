/** What is known of a request before anything is routed. */
export interface RequestFacts {
  readonly method: string;
  readonly url: string;
  /** Names and values in turn, as they came: Node's parsed headers drop a second Host without a word. */
  readonly rawHeaders: readonly string[];
  readonly isUpgrade: boolean;
}

/** Why a request goes no further. `reason` is for the log, never for the answer. */
export interface Refusal {
  readonly status: 400 | 403;
  readonly reason: string;
}

/**
 * The check that comes before routing: a name that DNS rebinding brought here, a page of another origin and a
 * page of another local port are all turned away, whatever credentials they carry. Returns null when all is well.
 */
export function refuseRequest(facts: RequestFacts, port: number): Refusal | null {
  const hosts = headerValues(facts.rawHeaders, 'host');
  const host = hosts[0];
  if (host === undefined) return { status: 400, reason: 'no Host header' };
  if (hosts.length > 1) return { status: 400, reason: 'more than one Host header' };
  if (!ownHosts(port).includes(host)) return { status: 403, reason: 'foreign Host header' };
  // The absolute form lets a request say one authority in its line and another in its Host.
  if (!facts.url.startsWith('/') || facts.url.startsWith('//')) {
    return { status: 400, reason: 'request target is not a path' };
  }
  return refuseOrigin(facts, `http://${host}`) ?? refuseFetchSite(facts) ?? refuseFraming(facts);
}

/** The only names under which the server answers, as a Host header spells them. */
export function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `[::1]:${port}`, `localhost:${port}`];
}

/** Every value of one header in the order it came. */
export function headerValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}

/** The path of a request target without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function refuseOrigin(facts: RequestFacts, ownOrigin: string): Refusal | null {
  const origins = headerValues(facts.rawHeaders, 'origin');
  if (origins.length > 1) return { status: 403, reason: 'more than one Origin header' };
  const origin = origins[0];
  if (origin !== undefined) {
    return origin === ownOrigin ? null : { status: 403, reason: 'foreign Origin header' };
  }
  const isRead = facts.method === 'GET' || facts.method === 'HEAD';
  if (facts.isUpgrade) return { status: 403, reason: 'upgrade without an Origin header' };
  return isRead ? null : { status: 403, reason: 'write without an Origin header' };
}

/** Browsers say where a request comes from; what is no browser says nothing, and has no cookies to lend either. */
function refuseFetchSite(facts: RequestFacts): Refusal | null {
  const sites = headerValues(facts.rawHeaders, 'sec-fetch-site');
  if (sites.length > 1) return { status: 403, reason: 'more than one Sec-Fetch-Site header' };
  const site = sites[0];
  if (site === undefined || site === 'same-origin') return null;
  const isTyped = site === 'none' && facts.method === 'GET' && pathOf(facts.url) === '/';
  return isTyped ? null : { status: 403, reason: 'request from another site' };
}

/** A read with a body has no use here but to smuggle a second request past the first. */
function refuseFraming(facts: RequestFacts): Refusal | null {
  const lengths = headerValues(facts.rawHeaders, 'content-length');
  const encodings = headerValues(facts.rawHeaders, 'transfer-encoding');
  if (lengths.length > 1 || (lengths.length > 0 && encodings.length > 0)) {
    return { status: 400, reason: 'ambiguous body length' };
  }
  const isRead = facts.method === 'GET' || facts.method === 'HEAD';
  const hasBody = encodings.length > 0 || (lengths[0] ?? '0') !== '0';
  return isRead && hasBody ? { status: 400, reason: 'a read with a body' } : null;
}
