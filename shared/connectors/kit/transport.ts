import type { RequestKind } from '../../model/about.ts';

/** A reach to one peer and nowhere else: paths only, redirects not followed, credentials added underneath. */
export interface Transport {
  /** How it goes, for people: "through the API server, service monitoring/prometheus:9090". */
  readonly route: string;
  request(request: PeerRequest): Promise<PeerAnswer>;
}

export interface PeerRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with `/`; query included. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Answers longer than this are refused with `tooLarge`; default 64 MiB. */
  readonly maxBytes?: number;
  /** Default 15 s. */
  readonly timeoutMs?: number;
  /** What it is counted as where its method does not tell: some peers are asked by POST. */
  readonly countsAs?: RequestKind;
}

export interface PeerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
