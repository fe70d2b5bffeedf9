import { z } from 'zod';
import { ConnectionId, DocumentRef } from './entity.ts';
import { GreyMatch } from './operation.ts';

/** A declared route that sends some requests to one version, whatever the weights say, or a copy of them. */
export const GreyRoute = z.object({
  /** `<split id>#<route name or position>`, `<split id>#mirror`. */
  id: z.string(),
  /** `mirror`: the requests go where the weights say, and a copy of them here; its answers are thrown away. */
  kind: z.enum(['route', 'mirror']).default('route'),
  connectionId: ConnectionId,
  document: DocumentRef,
  revision: z.string(),
  /** The split that takes all other requests. */
  splitId: z.string(),
  name: z.string(),
  /** Null where its conditions are more than the form can say; `matchText` says them. */
  match: GreyMatch.nullable(),
  matchText: z.string(),
  to: z.string(),
  /** Which destination of the split that is; null where it is none of them, or several. */
  destination: z.number().int().nullable().default(null),
  /** Of a mirror: the share of requests that is copied, in percent; null for a route. */
  percent: z.number().nullable().default(null),
  /** Whether Podium made it, as far as its name tells; a mirror has none. */
  ours: z.boolean(),
});
export type GreyRoute = z.infer<typeof GreyRoute>;
