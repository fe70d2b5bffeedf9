import { type AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket } from 'ws';
import type { Log } from '../core/ports.ts';
import { isWindowMessage } from '../node/windowMessages.ts';
import type { LoopbackLimits } from './limits.ts';

/** Close codes that the window acts on. */
export const closeCodes = {
  stopping: 1001,
  unreadable: 1003,
  sessionEnded: 4401,
  tooManyMessages: 4429,
} as const;

/** Answers one window's procedures on its WebSocket. */
export type ServeSocket = (socket: WebSocket) => void;

/** Serves `router` on any number of sockets, each within the limits: messages per second, and bytes not yet read. */
export function createSocketServer(
  router: AnyRouter,
  context: object,
  limits: LoopbackLimits,
  log: Log,
): ServeSocket {
  const handler = new RPCHandler(router);
  return (socket) => {
    // A socket without this listener would take the process down with it on the first broken frame.
    socket.on('error', (error) =>
      log.warn('A window broke the WebSocket protocol', { problem: error.message }),
    );
    limitMessages(socket, limits, log);
    const bounded = {
      addEventListener: readableOnly(socket, log),
      send: (data: Parameters<WebSocket['send']>[0]) => sendBounded(socket, data, limits, log),
    };
    handler.upgrade(bounded, { context }).catch((error: unknown) => {
      log.error('A window could not be served', { problem: String(error) });
      socket.terminate();
    });
  };
}

/** oRPC prints a message that it cannot read, whole, to the console; such a message ends its window instead. */
function readableOnly(socket: WebSocket, log: Log): WebSocket['addEventListener'] {
  return (type, listener, options) => {
    socket.addEventListener(
      type,
      (event) => {
        if (!('data' in event) || isWindowMessage(event.data)) {
          if (typeof listener === 'function') listener.call(socket, event);
          else listener.handleEvent(event);
          return;
        }
        log.warn('A window sent an unreadable message and was closed');
        socket.close(closeCodes.unreadable, 'unreadable message');
      },
      options,
    );
  };
}

/** The promise holds the stream that sends until its window has read enough, so a slow window gets fewer ticks. */
function sendBounded(
  socket: WebSocket,
  data: Parameters<WebSocket['send']>[0],
  limits: LoopbackLimits,
  log: Log,
): Promise<void> | void {
  // A stream that never waits for anything else would otherwise spin here and keep the close from being heard.
  if (socket.readyState !== socket.OPEN) return new Promise((resolve) => setImmediate(resolve));
  if (socket.bufferedAmount > limits.dropAtBytes) {
    log.warn('A window stopped reading and was dropped', { unsentBytes: socket.bufferedAmount });
    socket.terminate();
    return;
  }
  if (socket.bufferedAmount <= limits.pauseAtBytes) return socket.send(data);
  return new Promise((resolve) => socket.send(data, () => resolve()));
}

function limitMessages(socket: WebSocket, limits: LoopbackLimits, log: Log): void {
  let allowance = limits.messageBurst;
  let countedAt = performance.now();
  socket.on('message', () => {
    const now = performance.now();
    const earned = ((now - countedAt) / 1_000) * limits.messagesPerSecond;
    allowance = Math.min(limits.messageBurst, allowance + earned) - 1;
    countedAt = now;
    if (allowance >= 0 || socket.readyState !== socket.OPEN) return;
    log.warn('A window sent too many messages and was closed', { perSecond: limits.messagesPerSecond });
    socket.close(closeCodes.tooManyMessages, 'too many messages');
  });
}
