import type * as http from 'node:http';
import type * as https from 'node:https';

/** The way to one server with one user's credentials. */
export interface Reach {
  readonly server: URL;
  /** "https://10.0.0.1:6443", for people. */
  readonly name: string;
  /** Authorization and impersonation; a token file is read anew now and then, for it is rotated. */
  headers(): Promise<Readonly<Record<string, string | string[]>>>;
  /** How credentials are replaced that the peer refuses; absent where they are what was typed. */
  readonly credentials?: ReplaceableCredentials;
  /**
   * Reads share kept-alive connections. A write gets a fresh one: on a reused connection that the server just closed
   * nobody could say whether the write arrived.
   */
  agent(write: boolean): http.Agent;
  /** Options of a TLS connection of its own, for WebSockets. */
  readonly tls: Readonly<https.AgentOptions>;
  /** Fingerprint of the certificate authority that was named; null when it is the system's. */
  readonly authority: string | null;
  close(): void;
}

/** Credentials that may be others the next time they are asked for. */
export interface ReplaceableCredentials {
  /** Which ones they are now. */
  readonly generation: number;
  /** These were good for a request. */
  accepted(generation: number): void;
  /** These were refused: resolves to whether there are others now. Asked by many at once, it looks once. Throws `PeerError`. */
  renew(refused: number): Promise<boolean>;
}
