import { z } from 'zod';

/** The longest message that a window has a reason to send. */
export const largestMessageBytes = 1024 * 1024;

// 1 request, 3 event of a stream, 4 abort; a request says nothing of its kind (@orpc/standard-server-peer).
const Message = z.union([
  z.object({ i: z.string(), t: z.literal(1).optional(), p: z.object({ u: z.string() }) }),
  z.object({ i: z.string(), t: z.literal(3), p: z.object({ e: z.string() }) }),
  z.object({ i: z.string(), t: z.literal(4) }),
]);

/** Whether this is what oRPC's client sends: text, JSON, an id, and a kind that needs no payload or brings one. */
export function isWindowMessage(data: unknown): data is string {
  if (typeof data !== 'string') return false;
  try {
    return Message.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}
