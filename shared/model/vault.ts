import { z } from 'zod';

/** Where a secret is kept that Podium is given now. */
export const VaultState = z.object({
  /** `computer`: on disk, sealed by the operating system for this user. `memory`: until Podium ends. */
  where: z.enum(['computer', 'memory']),
  /** Why only in memory ("the keyring is locked"); null where it is kept on the computer. */
  why: z.string().nullable(),
});
export type VaultState = z.infer<typeof VaultState>;
