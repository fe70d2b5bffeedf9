import { z } from 'zod';
import { ConnectionId, Environment } from './entity.ts';
import { ProgramQuestion } from './program.ts';

/** One thing to type when a connection is opened by hand. */
export const FormField = z.object({
  name: z.string(),
  label: z.string(),
  note: z.string().nullable(),
  placeholder: z.string().nullable(),
  /** What is secret is bound to what every `address` leads to, and kept in memory, or sealed where the operator says so. */
  kind: z.enum(['text', 'address', 'lines', 'secret', 'secretLines', 'switch']),
  required: z.boolean(),
});
export type FormField = z.infer<typeof FormField>;

/** What to type to open a connection of one kind by hand. */
export const ConnectionForm = z.object({
  connector: z.string(),
  title: z.string(),
  /** What to know before it is opened. */
  caveat: z.string().nullable(),
  fields: z.array(FormField),
});
export type ConnectionForm = z.infer<typeof ConnectionForm>;

/** What the operator typed, by field. A secret that is left out is the one that was given before. */
export const TypedConnection = z.object({
  connector: z.string().max(100),
  title: z.string().trim().min(1).max(100),
  values: z.record(z.string().max(100), z.string().max(100_000)),
  /** Its secrets are to outlive a restart, where this computer can seal them. */
  keep: z.boolean().optional(),
});
export type TypedConnection = z.infer<typeof TypedConnection>;

/** What is remembered of it: no secret, only the names of those that were given. */
export const RememberedConnection = TypedConnection.extend({
  secrets: z.array(z.string()),
});
export type RememberedConnection = z.infer<typeof RememberedConnection>;

/** Something the console can connect to, found without asking: a kubeconfig context, the rehearsal. */
export const Candidate = z.object({
  connector: z.string(),
  /** Settings to hand to `connections.open`, opaque to the window. */
  key: z.string(),
  title: z.string(),
  /** "https://10.0.0.1:6443 as ana, from ~/.kube/config". */
  detail: z.string(),
  environment: Environment,
  current: z.boolean(),
  /** Why it cannot be opened ("client certificate not found: …"), else null. */
  problem: z.string().nullable(),
  /** Things to know before opening: runs a program, skips TLS verification, impersonates. */
  warnings: z.array(z.string()),
  /** What was typed when it was opened before; null for what was found without asking. */
  typed: RememberedConnection.nullable(),
});
export type Candidate = z.infer<typeof Candidate>;

/** What was found to connect to, and what could not be read while looking. */
export const Discovery = z.object({
  candidates: z.array(Candidate),
  problems: z.array(z.string()),
  /** What is not there and need not be, in words: "No kubeconfig at ~/.kube/config." */
  notes: z.array(z.string()),
});
export type Discovery = z.infer<typeof Discovery>;

/** One system behind a connection: what it is, whether it answers, how old its newest answer is. */
export const SourceState = z.object({
  id: z.string(),
  connector: z.string(),
  title: z.string(),
  state: z.enum(['connecting', 'live', 'stale', 'failing', 'absent']),
  /** "Prometheus 2.53 through the API server, service monitoring/prometheus:9090". */
  detail: z.string(),
  /** What it is used for, or what its absence means. */
  consequence: z.string(),
  lastAnswerAt: z.number().nullable(),
  error: z.string().nullable(),
});
export type SourceState = z.infer<typeof SourceState>;

/** Whether these credentials may do one thing, and what follows. */
export const Permission = z.object({
  verb: z.string(),
  resource: z.string(),
  namespace: z.string().nullable(),
  allowed: z.boolean().nullable(),
  purpose: z.string(),
});
export type Permission = z.infer<typeof Permission>;

/** Something about a connection that whoever writes through it must not forget. */
export const Caution = z.object({
  /** "TLS not checked". */
  short: z.string(),
  says: z.string(),
});
export type Caution = z.infer<typeof Caution>;

/** A connection as the window shows it. */
export const ConnectionState = z.object({
  id: ConnectionId,
  connector: z.string(),
  title: z.string(),
  environment: Environment,
  state: z.enum(['connecting', 'open', 'failing', 'closed']),
  /** Read-only until the operator unlocks it. */
  locked: z.boolean(),
  rehearsal: z.boolean(),
  server: z.string(),
  peer: z.object({ product: z.string(), version: z.string() }).nullable(),
  user: z.string().nullable(),
  error: z.string().nullable(),
  /** A program that it waits to be allowed; null for nothing. */
  asks: ProgramQuestion.nullable(),
  warnings: z.array(z.string()),
  cautions: z.array(Caution),
  sources: z.array(SourceState),
  permissions: z.array(Permission),
  /** Namespaces in scope; null when all that can be listed. */
  namespaces: z.array(z.string()).nullable(),
});
export type ConnectionState = z.infer<typeof ConnectionState>;

/** What the operator can add to a candidate when it does not suffice by itself. */
export const OpenOptions = z.object({
  namespaces: z.array(z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)).optional(),
  /** A Prometheus that cannot be reached through the cluster. Headers are kept in memory only. */
  prometheus: z
    .object({
      url: z.string(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })),
    })
    .optional(),
});
export type OpenOptions = z.infer<typeof OpenOptions>;
