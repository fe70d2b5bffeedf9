/** A service to look at, and when: all that a link may ask for. It never writes, connects or chooses credentials. */
export interface DeepLink {
  /** The title of a connection, such as a kubeconfig context; null where any will do. */
  readonly context: string | null;
  /** Null for a service of a system that knows no namespaces. */
  readonly namespace: string | null;
  readonly service: string;
  /** Epoch ms. */
  readonly at: number | null;
}

const noNamespace = '-';
/** Names in systems differ in what they allow; none begins with a dot, or holds a slash or what is not seen. */
const name = /^[\p{L}\p{N}_][\p{L}\p{N}._~:@-]{0,252}$/u;
const context = /^[^\p{C}\p{Zl}\p{Zp}]{1,253}$/u;

/** `podium://service/shop/payment?context=prod&at=2026-01-31T14:06:00.000Z`. */
export function writeLink({ context: of, namespace, service, at }: DeepLink): string {
  const query = new URLSearchParams({
    ...(of !== null && { context: of }),
    ...(at !== null && { at: new Date(at).toISOString() }),
  }).toString();
  const path = [namespace ?? noNamespace, service].map(encodeURIComponent).join('/');
  return `podium://service/${path}${query === '' ? '' : `?${query}`}`;
}

/** Null for whatever Podium would not have written. */
export function readLink(text: string): DeepLink | null {
  if (!text.startsWith('podium://') || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (
    url.hostname !== 'service' ||
    [url.hash, url.username, url.password, url.port].some((part) => part !== '')
  )
    return null;
  const [empty, namespace, service, ...more] = url.pathname.split('/').map(decoded);
  if (empty !== '' || more.length > 0 || !isName(service)) return null;
  if (namespace !== noNamespace && !isName(namespace)) return null;
  const asked = [...url.searchParams];
  const given = new Map(asked);
  if (given.size !== asked.length || asked.some(([key]) => key !== 'context' && key !== 'at')) return null;
  const of = given.get('context') ?? null;
  if (of !== null && !context.test(of)) return null;
  const at = given.has('at') ? Date.parse(given.get('at') ?? '') : null;
  if (at !== null && !Number.isFinite(at)) return null;
  return { context: of, namespace: namespace === noNamespace ? null : namespace, service, at };
}

/**
 * What `open CONTEXT/NAMESPACE/SERVICE --at TIME` asks for. The time is `14:06` of today, or of yesterday where that is still
 * to come, or a date with a time; without a zone it is this machine's. Throws an `Error` that says what was expected.
 */
export function linkToPlace(place: string, time: string | null, now: number): DeepLink {
  const parts = place.split('/');
  const service = parts.pop();
  const namespace = parts.pop();
  const of = parts.join('/');
  if (!isName(service) || !(namespace === noNamespace || isName(namespace)) || !context.test(of || 'any'))
    throw new Error(
      `“${place}” names no service: write CONTEXT/NAMESPACE/SERVICE, as prod/shop/payment; “-” stands for no namespace.`,
    );
  return {
    context: of === '' ? null : of,
    namespace: namespace === noNamespace ? null : namespace,
    service,
    at: time === null ? null : timeOf(time, now),
  };
}

function timeOf(time: string, now: number): number {
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time);
  const day = new Date(now);
  const at = clock === null ? Date.parse(time) : day.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
  if (!Number.isFinite(at))
    throw new Error(`“${time}” is no time: write 14:06, or a date with a time, as 2026-01-31T14:06.`);
  return clock !== null && at > now ? day.setDate(day.getDate() - 1) : at;
}

const isName = (text: string | null | undefined): text is string =>
  typeof text === 'string' && name.test(text);

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
