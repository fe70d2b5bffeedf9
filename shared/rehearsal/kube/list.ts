import { namespaceOf, type ObjectCall, subjectOf } from './call.ts';
import { formOf, shown, shownList } from './representation.ts';
import { sendJson } from './reply.ts';
import { selectorOf } from './selectors.ts';
import { badRequest, failure, invalid, notFound, Refusal } from './status.ts';
import { keyOfObject, type KubeObject } from './store.ts';

/** Answers a read of one object. */
export function get(call: ObjectCall): void {
  const { address, store } = call;
  const form = formOf(call.headers.accept);
  const object = store.get(call.resource.plural, namespaceOf(call), address.name ?? '');
  if (object === undefined) throw notFound(subjectOf(call));
  sendJson(call.reply, 200, shown(object, address.group, address.version, form), encodingOf(call));
}

/** Answers a list: selectors, pages and revisions as the real server understands them. */
export function list(call: ObjectCall): void {
  const { address, query, resource } = call;
  const form = formOf(call.headers.accept);
  const matches = selectorOf(query, resource.plural, resource.custom);
  const page = pageOf(call);
  const all = page.objects.filter(matches);
  const rest =
    page.after === undefined ? all : all.filter((object) => keyOfObject(object) > (page.after ?? ''));
  // Read from the server's cache (revision 0), a list is not cut into pages, whatever limit says.
  const limit = query.get('resourceVersion') === '0' ? 0 : limitOf(query);
  const items = limit === 0 ? rest : rest.slice(0, limit);
  const last = items[items.length - 1];
  const more = rest.length - items.length;
  const selected = query.has('labelSelector') || query.has('fieldSelector');
  const metadata = {
    resourceVersion: String(page.revision),
    ...(more > 0 && last !== undefined ? { continue: tokenOf(page.revision, keyOfObject(last)) } : {}),
    // With a selector the server does not know how many are left.
    ...(more > 0 && !selected ? { remainingItemCount: more } : {}),
  };
  sendJson(
    call.reply,
    200,
    shownList(items, resource, address.group, address.version, form, metadata),
    encodingOf(call),
  );
}

const encodingOf = (call: ObjectCall): { acceptEncoding?: string | undefined } => {
  const header = call.headers['accept-encoding'];
  return { acceptEncoding: Array.isArray(header) ? header.join(',') : header };
};

interface Page {
  readonly revision: number;
  readonly objects: readonly KubeObject[];
  readonly after?: string;
}

function pageOf(call: ObjectCall): Page {
  const { query, store } = call;
  const plural = call.resource.plural;
  const namespace = namespaceOf(call) ?? undefined;
  const token = query.get('continue') ?? '';
  if (token !== '') {
    const { revision, after } = readToken(token);
    // A token for the present (revision -1) goes on without consistency; a client gets one when its own is too old.
    if (revision < 0) return { revision: store.revision(), objects: store.list(plural, namespace), after };
    const objects = store.listAt(revision, plural, namespace);
    if (objects === 'expired') throw continueExpired(after);
    return { revision, objects, after };
  }
  const wanted = revisionOf(query);
  if (wanted === null && query.has('resourceVersionMatch')) {
    throw forbiddenOption('resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  const present = store.revision();
  if (wanted !== null && wanted > present) throw tooLargeRevision(wanted, present);
  if (wanted !== null && wanted > 0 && query.get('resourceVersionMatch') === 'Exact') {
    const objects = store.listAt(wanted, plural, namespace);
    if (objects === 'expired') {
      throw new Refusal(failure(410, 'Expired', 'The resourceVersion for the provided list is too old.'));
    }
    return { revision: wanted, objects };
  }
  return { revision: present, objects: store.list(plural, namespace) };
}

/** The revision a request names, or null when it names none; throws when it is no number, with the code the server uses there. */
export function revisionOf(query: URLSearchParams, watching = false): number | null {
  const text = query.get('resourceVersion') ?? '';
  if (/^\d+$/.test(text)) return Number(text);
  if (text === '') return null;
  const told = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  // The real server has a 500 without a reason for a watch.
  throw watching
    ? new Refusal(failure(500, undefined, told))
    : badRequest(`invalid resource version: ${told}`);
}

/** Throws the 422 of list options that contradict each other. */
export function forbiddenOption(why: string): Refusal {
  return invalid({ group: 'meta.k8s.io', resource: 'ListOptions' }, [
    { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field: 'resourceVersionMatch' },
  ]);
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? '0';
  if (!/^-?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Math.max(0, Number(text));
}

const tokenOf = (revision: number, after: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` })).toString(
    'base64url',
  );

function readToken(token: string): { revision: number; after: string } {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    const { rv, start } = read as { rv?: unknown; start?: unknown };
    if (typeof rv === 'number' && typeof start === 'string')
      return { revision: rv, after: start.replace(/\0$/, '') };
  } catch {
    // Falls through to the refusal.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

function continueExpired(after: string): Refusal {
  const message = 'The provided continue parameter is too old to display a consistent list result.';
  return new Refusal({ ...failure(410, 'Expired', message), metadata: { continue: tokenOf(-1, after) } });
}

function tooLargeRevision(wanted: number, present: number): Refusal {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const message = `Timeout: Too large resource version: ${wanted}, current: ${present}`;
  return new Refusal(failure(504, 'Timeout', message, { causes, retryAfterSeconds: 1 }), {
    'retry-after': '1',
  });
}
