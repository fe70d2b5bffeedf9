import { stringify } from 'yaml';
import type { PatchStep } from '../../../model/change.ts';
import type { Copies } from '../../../model/plan.ts';
import type { KubeObject } from '../objects.ts';
import type { KubeClient } from '../client.ts';
import { at } from '../objects.ts';
import { pathOf, type Resource } from '../resources.ts';
import { type DocumentEdit, stepsOf } from './change.ts';
import { contentOf, touchedBy } from './content.ts';

/** A word as a POSIX shell takes it literally, whatever is in it. */
export const shellQuote = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The same patch for a terminal, without credentials. */
export function copiesOf(
  client: KubeClient,
  resource: Resource,
  document: KubeObject,
  steps: readonly PatchStep[],
  subresource: 'status' | null = null,
): { command: string; curl: string; patch: string } {
  const patch = JSON.stringify(steps);
  const { namespace = null, name } = document.metadata;
  const url = `${client.server}${pathOf(resource, namespace, name)}${subresource === null ? '' : `/${subresource}`}?fieldManager=podium&fieldValidation=Strict`;
  return {
    command: kubectl(client, namespace, [
      'patch',
      typeOf(resource),
      name,
      ...(subresource === null ? [] : [`--subresource=${subresource}`]),
      '--type=json',
      '--field-manager=podium',
      '--patch',
      patch,
    ]),
    curl: curl('PATCH', 'application/json-patch+json', patch, url),
    patch: JSON.stringify(steps, null, 2),
  };
}

/** The same edits for use elsewhere, one after the other. */
export function copiesOfEdits(client: KubeClient, edits: readonly DocumentEdit[]): Copies {
  const all = edits.map((edit) => copiesOfEdit(client, edit));
  const join = (parts: readonly (string | null)[], by: string): string | null =>
    parts.includes(null) ? null : parts.join(by);
  return {
    command: all.map((one) => one.command).join('\n'),
    curl: all.map((one) => one.curl).join('\n'),
    patch: all.map((one) => one.patch).join('\n'),
    strategicMerge: join(
      all.map((one) => one.strategicMerge),
      '---\n',
    ),
    kustomize: join(
      all.map((one) => one.kustomize),
      '',
    ),
  };
}

function copiesOfEdit(client: KubeClient, edit: DocumentEdit): Copies {
  const { resource } = edit;
  switch (edit.action) {
    case 'patch':
      return {
        ...copiesOf(client, resource, edit.before, stepsOf(edit)),
        strategicMerge: mergeOf(edit.before, edit.after),
        kustomize: kustomizeOf(edit),
      };
    case 'create': {
      const { namespace = null } = edit.after.metadata;
      const body = JSON.stringify(edit.after);
      return {
        command: `${kubectl(client, namespace, ['create', '--field-manager=podium', '--filename', '-'])} <<< ${shellQuote(body)}`,
        curl: curl(
          'POST',
          'application/json',
          body,
          `${client.server}${pathOf(resource, namespace)}?fieldManager=podium&fieldValidation=Strict`,
        ),
        patch: JSON.stringify(edit.after, null, 2),
        strategicMerge: stringify(edit.after, { lineWidth: 0 }),
        kustomize: null,
      };
    }
    case 'delete': {
      const { namespace = null, name } = edit.before.metadata;
      return {
        command: kubectl(client, namespace, ['delete', typeOf(resource), name]),
        curl: curl('DELETE', null, null, `${client.server}${pathOf(resource, namespace, name)}`),
        patch: JSON.stringify(stepsOf(edit), null, 2),
        strategicMerge: null,
        kustomize: null,
      };
    }
  }
}

/** A merge patch of the places that change; lists are given whole, as custom resources take them. */
function mergeOf(before: KubeObject, after: KubeObject): string {
  const { apiVersion, kind } = before;
  const { name, namespace } = before.metadata;
  const merge: Record<string, unknown> = {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  };
  const wanted = contentOf(after);
  for (const place of touchedBy(contentOf(before), wanted)) {
    let here = merge;
    for (const key of place.slice(0, -1)) {
      const next = at(here, key);
      const map = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {};
      Object.defineProperty(here, key, { value: map, enumerable: true, writable: true, configurable: true });
      here = map;
    }
    const value = at(wanted, ...place) ?? null;
    Object.defineProperty(here, place.at(-1) ?? '', {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return stringify(merge, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** An entry of `patches` in a kustomization; what fences the write has no meaning in a repository. */
function kustomizeOf(edit: DocumentEdit & { readonly action: 'patch' }): string {
  const { group, version, kind } = edit.resource;
  const { name, namespace } = edit.before.metadata;
  const steps = stepsOf(edit).filter(({ op }) => op !== 'test');
  const target = {
    ...(group === '' ? {} : { group }),
    version,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
  return stringify([{ target, patch: stringify(steps, { lineWidth: 0 }) }], { lineWidth: 0 });
}

const typeOf = (resource: Resource): string =>
  resource.group === '' ? resource.plural : `${resource.plural}.${resource.version}.${resource.group}`;

function kubectl(client: KubeClient, namespace: string | null, words: readonly string[]): string {
  const scope = namespace === null ? [] : ['--namespace', namespace];
  return ['kubectl', '--context', client.context, ...scope, ...words].map(shellQuote).join(' ');
}

function curl(method: string, type: string | null, body: string | null, url: string): string {
  const words = ['curl', '--fail-with-body', '--request', method];
  if (type !== null) words.push('--header', `Content-Type: ${type}`);
  const data = body === null ? '' : ` --data ${shellQuote(body)}`;
  // Double quotes, so that the shell fills in the token at the time of use.
  return `${words.map(shellQuote).join(' ')} --header "Authorization: Bearer $TOKEN"${data} ${shellQuote(url)}`;
}
