import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { MessagePortMain } from 'electron/main';
import type { Log } from '../shared/core/ports.ts';
import { isWindowMessage, largestMessageBytes } from '../shared/node/windowMessages.ts';

type Listener = (event?: { readonly data: unknown }) => void;

/**
 * Answers a window on its port. A message that is none, or is longer than a window has a reason for, ends the port: the
 * window notices, and asks for another. oRPC would print what it cannot read.
 */
export function servePort(router: AnyRouter, port: MessagePortMain, log: Log): void {
  const listeners = { message: new Set<Listener>(), close: new Set<Listener>() };
  port.on('message', (event) => {
    if (isShortEnough(event.data) && isWindowMessage(event.data)) {
      for (const hear of listeners.message) hear(event);
      return;
    }
    log.warn('A window sent an unreadable message, and its line was closed');
    port.close();
    end();
  });
  port.on('close', end);
  const heard = {
    on: (type: string, listener: Listener) => void listeners[type as keyof typeof listeners].add(listener),
    postMessage: (message: unknown) => port.postMessage(message),
  };
  new RPCHandler(router).upgrade(heard, { context: {} });
  // Messages wait in the port until this, so that none is lost while the console is being put together.
  port.start();

  /** Electron tells of the other end's going alone. */
  function end(): void {
    listeners.message.clear();
    for (const hear of listeners.close) hear();
    listeners.close.clear();
  }
}

function isShortEnough(data: unknown): boolean {
  return typeof data !== 'string' || Buffer.byteLength(data) <= largestMessageBytes;
}
