import type { Guard } from '../../../model/change.ts';
import { PeerError, sayError } from '../../kit/peerError.ts';
import { mayI } from '../access.ts';
import type { KubeClient } from '../client.ts';
import type { KubeObject } from '../objects.ts';
import { type DocumentEdit, nameOf, stepsOf } from './change.ts';
import { withoutSecretValues } from './secretValues.ts';

/** What the peer said when it was asked to try an edit. */
export interface Trial {
  readonly guards: readonly Guard[];
  /** The object as the peer would store it; null where it could not be tried. */
  readonly stored: KubeObject | null;
}

/** Asks whether these credentials may make the edit, and has the peer try it. Writes nothing. */
export async function tryEdit(
  client: KubeClient,
  edit: DocumentEdit,
  id: string,
  signal: AbortSignal,
): Promise<Trial> {
  const what = nameOf(edit);
  const allowed = await mayEdit(client, edit, signal);
  const access = accessGuard(`access${id}`, edit, allowed);
  // Who may not write may not try either; the refusal would only be said twice.
  if (allowed === false) return { guards: [access], stored: null };
  try {
    const stored = await send(client, edit, true, signal);
    return {
      guards: [
        { ...pass(`dry-run${id}`), title: `The API server tried it on ${what} and would take it` },
        access,
      ],
      stored,
    };
  } catch (error) {
    if (!(error instanceof PeerError) || !isWord(error)) throw error;
    const refusal = sayError(error, 'Trying the change');
    // A webhook with side effects makes every dry run fail, and says so.
    const canTry = !/dry.?run/i.test(refusal) || error.status === 403;
    const guard: Guard = canTry
      ? {
          id: `dry-run${id}`,
          verdict: 'block',
          title: `The API server tried it on ${what} and refuses`,
          detail: refusal,
        }
      : {
          id: `dry-run${id}`,
          verdict: 'tick',
          title: `It could not be tried on ${what} beforehand`,
          detail: refusal,
        };
    return { guards: [guard, access], stored: null };
  }
}

/** Makes the edit, or has it tried. The object afterwards; null of one that is gone. */
export function send(
  client: KubeClient,
  edit: DocumentEdit,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<KubeObject | null> {
  return sent(client, edit, dryRun, signal).catch((error: unknown) => {
    throw withoutSecretValues(edit, error);
  });
}

async function sent(
  client: KubeClient,
  edit: DocumentEdit,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<KubeObject | null> {
  switch (edit.action) {
    case 'patch':
      return client.patch(edit.resource, edit.before, stepsOf(edit), { dryRun }, signal);
    case 'create':
      return client.create(edit.resource, edit.after, { dryRun }, signal);
    case 'delete':
      await client.remove(edit.resource, edit.before, { dryRun }, signal);
      return null;
  }
}

function mayEdit(client: KubeClient, edit: DocumentEdit, signal: AbortSignal): Promise<boolean | null> {
  const { metadata } = edit.action === 'create' ? edit.after : edit.before;
  return mayI(
    client,
    {
      verb: edit.action,
      group: edit.resource.group,
      resource: edit.resource.plural,
      namespace: metadata.namespace ?? null,
      // A name that is not there yet cannot be named in a Role.
      ...(edit.action === 'create' ? {} : { name: metadata.name }),
    },
    signal,
  ).catch(() => null);
}

function accessGuard(id: string, edit: DocumentEdit, allowed: boolean | null): Guard {
  const { group, plural } = edit.resource;
  const what = `${edit.action} ${nameOf(edit)}`;
  if (allowed === true) return { ...pass(id), title: `You may ${what}` };
  if (allowed === false)
    return {
      id,
      verdict: 'block',
      title: `You may not ${what}`,
      detail: `Ask for the verb “${edit.action}” on ${plural}${group === '' ? '' : `.${group}`}.`,
    };
  return {
    id,
    verdict: 'tick',
    title: `The API server did not say whether you may ${what}`,
    detail: 'The write itself will tell.',
  };
}

const pass = (id: string): Guard => ({ id, verdict: 'pass', title: '', detail: null });

/** An answer of the peer, as against no answer at all. */
const isWord = (error: PeerError): boolean =>
  error.status !== null && error.kind !== 'unauthenticated' && error.kind !== 'notThePeer';
