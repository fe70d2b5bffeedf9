import { z } from 'zod';
import { ConnectionId, EntityId } from './entity.ts';

const Port = z.number().int().min(1).max(65_535);

/** What is asked for: a port of this machine that leads to a port of an instance. */
export const ForwardAsk = z.object({
  serviceId: EntityId,
  connectionId: ConnectionId,
  /** The uid of an instance; null for any that is ready, also after the present one is gone. */
  instance: z.string().max(253).nullable(),
  /** Of the instance. */
  port: Port,
  /** Of this machine; 0 for one that is free. */
  localPort: z.number().int().min(0).max(65_535),
  endsAfterSeconds: z.number().int().min(60).max(43_200),
});
export type ForwardAsk = z.infer<typeof ForwardAsk>;

/** Where a service can be forwarded to, through one connection. */
export const ForwardPlace = z.object({
  connectionId: ConnectionId,
  title: z.string(),
  /** Where the connection is read-only, nothing is forwarded: what comes through could write. */
  locked: z.boolean(),
  namespace: z.string(),
  /** Whether these credentials may; null where the peer does not say. */
  allowed: z.boolean().nullable(),
  instances: z.array(z.object({ name: z.string(), uid: z.string(), ready: z.boolean() })),
  /** Ports that containers declare; an instance may listen at others. */
  ports: z.array(z.object({ port: Port, name: z.string() })),
});
export type ForwardPlace = z.infer<typeof ForwardPlace>;

/** A forward that is open, or was until lately. */
export const Forward = z.object({
  id: z.string(),
  connectionId: ConnectionId,
  connectionTitle: z.string(),
  serviceId: EntityId,
  serviceName: z.string(),
  namespace: z.string(),
  /** Whether it goes to whichever instance is ready. */
  toService: z.boolean(),
  /** The instance it leads to at present; null while none is ready. */
  instance: z.string().nullable(),
  port: Port,
  /** Of 127.0.0.1. */
  localPort: Port,
  openedAt: z.number(),
  endsAt: z.number(),
  /** Why it is not open any more; null while it is. */
  ended: z.string().nullable(),
  connections: z.object({ open: z.number().int(), all: z.number().int() }),
  bytes: z.object({ sent: z.number(), received: z.number() }),
  /** What last went wrong or changed, for people; null for nothing. */
  note: z.object({ at: z.number(), tone: z.enum(['calm', 'warn']), text: z.string() }).nullable(),
});
export type Forward = z.infer<typeof Forward>;
