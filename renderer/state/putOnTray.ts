import type { Operation } from '../../shared/model/operation.ts';
import { addPending } from './pending.ts';
import { showToast } from './toasts.ts';

/** Puts a change aside and says so: the form that asked for it is closed then. */
export function putOnTray(operation: Operation, title: string, reason = ''): void {
  addPending(operation, title, reason);
  showToast({ tone: 'pending', text: `${title}: added to what is pending.` });
}
