import { z } from 'zod';

/** A file of a Git work tree that declares what a plan changes. */
export const DeclaringFile = z.object({
  /** Folder of the work tree. */
  repository: z.string(),
  /** Path inside it. */
  file: z.string(),
  /** First line that changes, from 1. */
  line: z.number().int(),
  before: z.string(),
  after: z.string(),
});
export type DeclaringFile = z.infer<typeof DeclaringFile>;

/** Where a plan's change is declared, and what was in the way of finding it. */
export const Declarations = z.object({
  /** Work trees that were looked through; empty where none was given. */
  repositories: z.array(z.object({ folder: z.string(), commit: z.string(), branch: z.string() })),
  files: z.array(DeclaringFile),
  problems: z.array(z.string()),
});
export type Declarations = z.infer<typeof Declarations>;

/** A commit on a branch of its own; never pushed, and nothing is checked out. */
export const RepositoryCommit = z.object({ repository: z.string(), branch: z.string(), commit: z.string() });
export type RepositoryCommit = z.infer<typeof RepositoryCommit>;
