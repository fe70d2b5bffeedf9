import type { CdpSession } from './cdp.ts';
import { running } from './running.ts';
import { strict } from './strict.ts';

type Handler = (request: Request) => Response | Promise<Response>;

/** A request that Chromium has stopped at. */
export interface Paused {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly hasPostData?: boolean;
  };
}

const declared = new Set<string>();
const handlers = new Map<string, Handler>();
const suffix = '.stand-in.invalid';

export const protocol = strict(
  {
    registerSchemesAsPrivileged(schemes: readonly { readonly scheme: string }[]): void {
      if (running.isReady)
        throw new Error('registerSchemesAsPrivileged should be called before app is ready');
      for (const { scheme } of schemes) declared.add(scheme);
    },
    handle(scheme: string, handler: Handler): void {
      if (!running.isReady) throw new Error('protocol.handle before app is ready');
      if (!declared.has(scheme)) throw new Error(`The stand-in serves declared schemes only, not ${scheme}.`);
      if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
      handlers.set(scheme, handler);
    },
  },
  'protocol',
);

/** Chromium cannot be taught a scheme from outside: `app://podium/x` is `https://podium.app.stand-in.invalid/x` to it. */
export function toPage(url: string): string {
  const { protocol: scheme, host, pathname, search, hash } = new URL(url);
  if (!declared.has(scheme.slice(0, -1))) return url;
  return `https://${host}.${scheme.slice(0, -1)}${suffix}${pathname || '/'}${search}${hash}`;
}

/** The address as Electron's code knows it. */
export function fromPage(url: string): string {
  if (!URL.canParse(url)) return url;
  const { host, pathname, search, hash } = new URL(url);
  if (!host.endsWith(suffix)) return url;
  const name = host.slice(0, -suffix.length);
  const dot = name.lastIndexOf('.');
  return `${name.slice(dot + 1)}://${name.slice(0, dot)}${pathname}${search}${hash}`;
}

/** Answers a page's request by its scheme's handler. What no handler serves is refused: nothing reaches a network. */
export async function answer(page: CdpSession, paused: Paused): Promise<void> {
  const url = fromPage(paused.request.url);
  const handler = handlers.get(new URL(url).protocol.slice(0, -1));
  if (handler === undefined) return refuse(page, paused, 'BlockedByClient');
  if (paused.request.hasPostData === true) throw new Error('The stand-in carries no bodies of requests.');
  const { method, headers } = paused.request;
  const answered = await handler(new Request(url, { method, headers }));
  await page
    .send('Fetch.fulfillRequest', {
      requestId: paused.requestId,
      responseCode: answered.status,
      responseHeaders: [...answered.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await answered.arrayBuffer()).toString('base64'),
    })
    .catch(() => undefined); // the page has gone on
}

/** Lets a request fail. */
export async function refuse(page: CdpSession, { requestId }: Paused, errorReason: string): Promise<void> {
  await page.send('Fetch.failRequest', { requestId, errorReason }).catch(() => undefined);
}
