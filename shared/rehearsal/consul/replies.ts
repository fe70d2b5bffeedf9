import { mayDo, sayDenied, type ConsulUser, type Resource } from './access.ts';
import type { ConsulState, Table } from './state.ts';

/** What goes back: JSON, or plain text. */
export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer to be given once there is something newer than the client knows, where its question can wait. */
export interface Route {
  readonly table: Table | null;
  answer(): Reply;
}

/** Somebody known, for those who answer. */
export interface Asking {
  readonly state: ConsulState;
  readonly user: ConsulUser;
}

/** A good answer. */
export const json = (value: unknown): Reply => ({ status: 200, json: value });

/** The answer to a right that is missing; null where it is there. */
export function denied(
  { user }: Asking,
  resource: Resource,
  access: 'read' | 'write',
  name: string,
): Reply | null {
  return mayDo(user, resource, access, name)
    ? null
    : { status: 403, text: sayDenied(user, resource, access, name) };
}

/** Undefined where it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
