import { z } from 'zod';

/** What one container uses; null where the source does not say. */
export const ContainerUse = z.object({
  container: z.string(),
  /** Processors kept busy on average. */
  cpuCores: z.number().nullable(),
  /** Memory that cannot be taken back: what its limit is held against. */
  memoryBytes: z.number().nullable(),
  /** In what part of its time slices it was held back by its CPU limit, 0..1. */
  throttledRatio: z.number().nullable(),
});
export type ContainerUse = z.infer<typeof ContainerUse>;

/** What the instances behind a service use, by their uids. */
export const InstancesUse = z.object({
  /** "Prometheus 2.53 · cAdvisor". */
  source: z.string(),
  byInstance: z.record(z.string(), z.array(ContainerUse)),
});
export type InstancesUse = z.infer<typeof InstancesUse>;
