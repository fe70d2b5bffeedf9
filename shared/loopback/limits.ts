import { largestMessageBytes } from '../node/windowMessages.ts';

/** How much of anything a client may take. Tests shorten the times; nothing else is changed. */
export interface LoopbackLimits {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  /** How often Node looks for connections that are over their time. */
  readonly checkEveryMs: number;
  readonly headerMaxBytes: number;
  readonly bodyMaxBytes: number;
  /** Plain connections; above it the oldest is dropped, so that squatters cannot keep a window out. */
  readonly maxConnections: number;
  readonly maxSockets: number;
  readonly messageMaxBytes: number;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Unsent bytes at which a stream waits for its window. */
  readonly pauseAtBytes: number;
  /** Unsent bytes at which a window is taken for gone. */
  readonly dropAtBytes: number;
}

export const defaultLimits: LoopbackLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 5_000,
  checkEveryMs: 1_000,
  headerMaxBytes: 16 * 1024,
  bodyMaxBytes: 1024 * 1024,
  maxConnections: 200,
  maxSockets: 32,
  messageMaxBytes: largestMessageBytes,
  messagesPerSecond: 200,
  messageBurst: 600,
  pauseAtBytes: 1024 * 1024,
  dropAtBytes: 64 * 1024 * 1024,
};
