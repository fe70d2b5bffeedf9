import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';
import type { WorkloadRef } from '../../shared/model/workload.ts';

/** An object to be shown as text, or what changed between two revisions of a workload. */
export type ObjectRequest =
  | {
      readonly kind: 'object';
      readonly serviceId: EntityId;
      readonly object: {
        readonly apiVersion: string;
        readonly kind: string;
        readonly namespace: string | null;
        readonly name: string;
      };
    }
  | {
      readonly kind: 'revisions';
      readonly serviceId: EntityId;
      readonly workload: WorkloadRef;
      readonly from: number;
      readonly to: number;
    };

/** What the dialog shows; null while it is closed. */
export const useObjectDialog = create<{ readonly request: ObjectRequest | null }>(() => ({ request: null }));

/** Shows an object behind a service as text. */
export function showObject(
  serviceId: EntityId,
  object: Extract<ObjectRequest, { readonly kind: 'object' }>['object'],
): void {
  useObjectDialog.setState({ request: { kind: 'object', serviceId, object } });
}

/** Shows what one revision runs differently from an earlier one. */
export function showRevisions(serviceId: EntityId, workload: WorkloadRef, from: number, to: number): void {
  useObjectDialog.setState({ request: { kind: 'revisions', serviceId, workload, from, to } });
}

export function closeObjectDialog(): void {
  useObjectDialog.setState({ request: null });
}
