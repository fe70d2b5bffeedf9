import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { Closing, ConsoleClient, OpenLine } from './link.ts';

const answerWithinMs = 5_000;

/** Opens the line of the desktop host: the preload script answers with a MessagePort to the console's process. */
export const openDesktopLine: OpenLine = async () => {
  const port = await requestPort();
  if (port === null) return { failure: { kind: 'lost', text: 'The console’s process does not answer.' } };
  const closed = new Promise<Closing>((resolve) => {
    port.addEventListener('close', () => resolve({ kind: 'lost', text: 'The console’s process stopped.' }), {
      once: true,
    });
  });
  const client: ConsoleClient = createORPCClient(new RPCLink({ port }));
  port.start();
  return { line: { client, closed } };
};

function requestPort(): Promise<MessagePort | null> {
  return new Promise((resolve) => {
    const onMessage = (event: MessageEvent): void => {
      if (event.source !== window || event.data !== 'podium:port') return;
      finish(event.ports[0] ?? null);
    };
    const timer = setTimeout(() => finish(null), answerWithinMs);
    const finish = (port: MessagePort | null): void => {
      clearTimeout(timer);
      window.removeEventListener('message', onMessage);
      resolve(port);
    };
    window.addEventListener('message', onMessage);
    window.postMessage('podium:connect', location.origin);
  });
}
