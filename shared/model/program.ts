import { z } from 'zod';

/** A program that a kubeconfig wants run to log in, exactly as it would be run. */
export const LoginProgram = z.object({
  /** Over everything below: what was allowed holds for exactly this. */
  fingerprint: z.string(),
  /** As the kubeconfig names it: "aws". */
  command: z.string(),
  /** Where it was found, whole. */
  path: z.string(),
  /** SHA-256 of the file there. */
  sha256: z.string(),
  args: z.array(z.string()),
  /** What the kubeconfig adds to the environment. */
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  /** The file that names it; null for pasted text. */
  kubeconfig: z.string().nullable(),
});
export type LoginProgram = z.infer<typeof LoginProgram>;

/** What is kept of a program that the operator allowed: enough to know it again, and to say what has changed. */
export const AllowedProgram = z.object({
  fingerprint: z.string(),
  path: z.string(),
  sha256: z.string(),
  /** Title of the connection that it was allowed for. */
  title: z.string(),
  at: z.number(),
});
export type AllowedProgram = z.infer<typeof AllowedProgram>;

/** A connection waits for the operator's word on a program. */
export const ProgramQuestion = z.object({
  program: LoginProgram,
  /** What is not as it was when the operator allowed it before; null when they never did. */
  changed: z.string().nullable(),
  /** What to type in the terminal that Podium was started in; null where the window itself may answer. */
  terminalCode: z.string().nullable(),
});
export type ProgramQuestion = z.infer<typeof ProgramQuestion>;
