import { z } from 'zod';

/** What a request is for: `proxied` goes on to a service behind the API server, `review` asks what one may do. */
export const RequestKind = z.enum(['read', 'list', 'watch', 'review', 'proxied', 'log', 'write']);
export type RequestKind = z.infer<typeof RequestKind>;

/** What a connection has asked of its peers lately. */
export const PeerUsage = z.object({
  /** Counted since then. */
  since: z.number(),
  kinds: z.array(
    z.object({
      kind: RequestKind,
      lastMinute: z.number().int(),
      lastHour: z.number().int(),
    }),
  ),
  /** Streams that are open now, oldest first. */
  streams: z.array(z.object({ what: z.string(), openedAt: z.number() })),
});
export type PeerUsage = z.infer<typeof PeerUsage>;

/** As many requests in a minute a connection costs its peers at most while nobody asks for anything. */
export const idleRequestsPerMinute = 60;

/** What a connection is made of, and what it costs. */
export const AboutConnection = z.object({
  /** Each system behind it, as it names itself. */
  peers: z.array(
    z.object({ source: z.string(), product: z.string(), version: z.string(), server: z.string() }),
  ),
  usage: PeerUsage,
});
export type AboutConnection = z.infer<typeof AboutConnection>;

/** Characters of a report: as many as its dialog shows. */
export const mostInReport = 200_000;

/** A report for whoever mends Podium, to be looked at before it is given away. */
export const Bundle = z.object({ fileName: z.string(), text: z.string() });
export type Bundle = z.infer<typeof Bundle>;
