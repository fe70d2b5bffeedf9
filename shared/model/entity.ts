import { z } from 'zod';

/**
 * The name of an entity on the map: `<connection>/<namespace>/<name>`, `<connection>/external/<host>` for what lies
 * outside, `<connection>/unknown` for callers no source can name. Opaque to everyone but `entityIds.ts` in analysis.
 */
export const EntityId = z.string().min(1);
export type EntityId = z.infer<typeof EntityId>;

/** The name of a directed call: `<caller>→<callee>`. */
export const CallId = z.string().min(1);
export type CallId = z.infer<typeof CallId>;

/** The name of one connection, chosen by the console when the operator opens it. */
export const ConnectionId = z.string().min(1);
export type ConnectionId = z.infer<typeof ConnectionId>;

/** Where a document lives and which one it is; `uid` tells a re-created document from its predecessor. */
export const DocumentRef = z.object({
  connectionId: ConnectionId,
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
  uid: z.string(),
});
export type DocumentRef = z.infer<typeof DocumentRef>;

/** How dangerous a mistake is here. It colours everything that writes. */
export const Environment = z.enum(['production', 'staging', 'other']);
export type Environment = z.infer<typeof Environment>;
