import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { Closing, ConsoleClient, OpenLine } from './link.ts';

const tokenKey = 'podium.token';
const endedText =
  'This window’s session has ended. Press Enter in the terminal that runs Podium to get a new address.';

/** Opens the line of the browser host: a session by code or token, then a WebSocket. */
export const openBrowserLine: OpenLine = async () => {
  const session = await findSession();
  if ('failure' in session) return session;
  const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`;
  const socket = new WebSocket(address, ['podium', `podium.token.${session.token}`]);
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true), { once: true });
    socket.addEventListener('close', () => resolve(false), { once: true });
  });
  if (!opened) return { failure: lost('The console did not accept the connection.') };
  const closed = new Promise<Closing>((resolve) => {
    socket.addEventListener('close', (event) => resolve(closingOf(event)), { once: true });
  });
  const client: ConsoleClient = createORPCClient(new RPCLink({ websocket: socket }));
  return { line: { client, closed } };
};

async function findSession(): Promise<{ readonly token: string } | { readonly failure: Closing }> {
  const code = new URLSearchParams(location.hash.slice(1)).get('t');
  // The code is good for one use only and must not stay in the address or the history.
  if (code !== null) history.replaceState(null, '', location.pathname);
  try {
    return code === null ? await resume() : await begin(code);
  } catch {
    // fetch rejects only when the host is not there; the code, if any, is kept for the next try.
    if (code !== null) history.replaceState(null, '', `${location.pathname}#t=${encodeURIComponent(code)}`);
    return { failure: lost('Nothing answers at this address: is Podium still running?') };
  }
}

async function begin(code: string): Promise<{ readonly token: string } | { readonly failure: Closing }> {
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    // A reload of a page whose code is used up still has its token.
    const resumed = await resume();
    if ('token' in resumed) return resumed;
    return { failure: { kind: 'ended', text: wordsOf(body) ?? endedText } };
  }
  const token = textAt(body, 'token');
  if (token === null) return { failure: { kind: 'ended', text: endedText } };
  sessionStorage.setItem(tokenKey, token);
  return { token };
}

async function resume(): Promise<{ readonly token: string } | { readonly failure: Closing }> {
  const token = sessionStorage.getItem(tokenKey);
  if (token === null) return { failure: { kind: 'ended', text: endedText } };
  const answer = await fetch('/session', { headers: { 'x-podium-token': token } });
  if (answer.ok) return { token };
  if (answer.status !== 401) return { failure: lost('The console is busy.') };
  sessionStorage.removeItem(tokenKey);
  return { failure: { kind: 'ended', text: endedText } };
}

function closingOf(event: CloseEvent): Closing {
  if (event.code === 4401) return { kind: 'ended', text: endedText };
  if (event.code === 1001) return lost('Podium was stopped.');
  return lost('The line to the console was cut.');
}

function lost(text: string): Closing {
  return { kind: 'lost', text };
}

function wordsOf(body: unknown): string | null {
  return textAt(body, 'error');
}

function textAt(body: unknown, key: string): string | null {
  if (typeof body !== 'object' || body === null || !(key in body)) return null;
  const value: unknown = Reflect.get(body, key);
  return typeof value === 'string' ? value : null;
}
