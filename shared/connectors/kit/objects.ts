import type { ObjectAsk, ObjectText } from '../../model/objectText.ts';
import type { WorkloadRef } from '../../model/workload.ts';

/** Whatever the peer keeps, as text to read; nothing of it is kept. */
export interface ObjectSource {
  /** Throws `PeerError` where there is no such object, or it may not be read. */
  read(object: Omit<ObjectAsk, 'serviceId'>, signal: AbortSignal): Promise<ObjectText>;
  /** The pod templates of two recorded revisions; one that is no longer recorded is null. */
  templates(
    workload: WorkloadRef,
    revisions: { readonly from: number; readonly to: number },
    signal: AbortSignal,
  ): Promise<{ readonly from: string | null; readonly to: string | null }>;
}
