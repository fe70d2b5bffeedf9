import { expect, test } from 'vitest';
import { recording, type Recording, startReplay, timeless } from './recordedReplay.ts';

test.each([
  'group-unknown',
  'resource-unknown',
  'list-first-page',
  'list-by-label',
  'list-empty',
  'list-metadata-only',
  'list-endpointslices',
  'list-events',
  'list-from-cache',
  'get-deployment',
  'get-destinationrule',
  'get-virtualservice',
  'get-missing',
  'unauthorized',
  'forbidden-list',
  'forbidden-namespaces',
  'proxy-forbidden',
  'proxy-no-endpoints',
  'proxy-no-port',
  'proxy-no-service',
  'patch-forbidden',
  'patch-missing',
  'watch-bad-version',
  'watch-forbidden',
  'scale',
])('%s is answered as the real server answered', async (name) => {
  await using replay = await startReplay();
  const recorded = recording(name);
  const { status, body } = await replay.answer(recorded);
  expect(status).toBe(recorded.response.status);
  expect(timeless(body)).toEqual(timeless(recorded.response.body));
});

test.each(['log-container-unknown', 'log-since-nonsense', 'log-forbidden', 'log-missing'])(
  '%s is answered as the real server answered for its kubelet',
  async (name) => {
    await using replay = await startReplay();
    const { items } = recording('list-of-payment').response.body as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[];
    };
    for (const { metadata } of items)
      replay.store.put({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: metadata.name, namespace: 'shop' },
        spec: { containers: [{ name: 'app' }] },
      });
    const recorded = recording(name);
    const { status, body } = await replay.answer(recorded);
    expect(status).toBe(recorded.response.status);
    expect(timeless(body)).toEqual(timeless(recorded.response.body));
  },
);

test.each(['list-bad-continue', 'list-bad-selector', 'patch-media-type', 'patch-not-a-patch'])(
  '%s is refused with the code and the reason of the real server, in words of our own',
  async (name) => {
    await using replay = await startReplay();
    const { response, ...recorded } = recording(name);
    const { status, body } = await replay.answer({ response, ...recorded });
    const { reason, code } = response.body as { reason: string; code: number };
    expect(status).toBe(response.status);
    expect(body).toMatchObject({ kind: 'Status', status: 'Failure', reason, code });
  },
);

test('the whole walk of writes is answered step by step as the real server answered', async () => {
  await using replay = await startReplay();
  const first = recording('patch-dry-run').request.body as readonly { value: string }[];
  const real = { revision: first[0]?.value ?? '', uid: uidOf(recording('get-virtualservice')) };
  const before = replay.store.get('virtualservices', 'shop', 'payment')?.metadata;
  for (const name of [
    'patch-dry-run',
    'patch-applied',
    'patch-test-failed',
    'patch-test-missing-path',
    'patch-replace-missing-path',
    'patch-wrong-type',
    'patch-no-change',
    'patch-unknown-field-strict',
    'patch-unknown-field-warn',
    'patch-webhook-refused',
    'patch-webhook-refused-dry-run',
    'merge-patch-stale',
    'put-stale',
    'create',
    'create-exists',
    'delete',
    'patch-back',
  ]) {
    const recorded = recording(name);
    // The fence of the recording is the revision of another cluster.
    const body = JSON.stringify(recorded.request.body)
      ?.replaceAll(`"${real.revision}"`, `"${before?.resourceVersion ?? ''}"`)
      .replaceAll(real.uid, before?.uid ?? '');
    const answered = await replay.answer(recorded, recorded.request.path, body);
    expect([name, answered.status]).toEqual([name, recorded.response.status]);
    expect(steady(answered.body), name).toEqual(steady(recorded.response.body));
  }
});

test('the second page goes on where the first ended', async () => {
  await using replay = await startReplay();
  const { body } = await replay.answer(recording('list-first-page'));
  const token = (body as { metadata: { continue: string } }).metadata.continue;
  const recorded = recording('list-next-page');
  const path = recorded.request.path.replace(/continue=.*/, `continue=${token}`);
  const next = await replay.answer(recorded, path);
  expect(timeless(next.body)).toEqual(timeless(recorded.response.body));
});

test.each(['access-allowed', 'access-refused', 'access-proxy'])('%s is judged alike', async (name) => {
  await using replay = await startReplay();
  const recorded = recording(name);
  const { status, body } = await replay.answer(recorded);
  const verdict = (answer: unknown) => {
    const { kind, apiVersion, spec, status: judged } = answer as Record<string, unknown>;
    return {
      kind,
      apiVersion,
      spec,
      judged: { ...(judged as object), reason: typeof (judged as { reason?: string }).reason },
    };
  };
  expect(status).toBe(recorded.response.status);
  expect(verdict(body)).toEqual(verdict(recorded.response.body));
});

interface Discovered {
  readonly resources: readonly { readonly name: string; readonly verbs: readonly string[] }[];
}

test.each(['api-v1', 'apis-apps-v1', 'apis-discovery-v1', 'apis-istio-v1'])(
  'what %s says of a resource is what the real server says of it',
  async (name) => {
    await using replay = await startReplay();
    const recorded = recording(name);
    const ours = (await replay.answer(recorded)).body as Discovered;
    const theirs = recorded.response.body as Discovered;
    expect({ ...ours, resources: [] }).toEqual({ ...theirs, resources: [] });
    for (const { verbs, ...resource } of ours.resources) {
      const { verbs: realVerbs, ...real } = theirs.resources.find(
        (other) => other.name === resource.name,
      ) ?? { verbs: [] };
      expect(real).toMatchObject(resource);
      expect(realVerbs).toEqual(expect.arrayContaining([...verbs]));
    }
  },
);

test('a watch of changes tells the same events with the same fields', async () => {
  await using replay = await startReplay();
  const recorded = recording('watch-changes');
  const since = replay.store.revision();
  const path = recorded.request.path.replace(/resourceVersion=\d+/, `resourceVersion=${since}`);
  const heard = replay.answer(recorded, path.replace('timeoutSeconds=5', 'timeoutSeconds=1'));
  await expect.poll(() => replay.server.faults.openWatches.size).toBe(1);
  for (const line of linesOf(recorded)) {
    const { name, namespace } = line.object.metadata;
    if (line.type === 'DELETED') replay.store.remove('virtualservices', namespace ?? '', name);
    else if (line.type !== 'BOOKMARK') replay.store.put(line.object);
  }
  const ours = linesIn((await heard).body);
  const events = (lines: readonly WatchLine[]) =>
    lines.filter(({ type }) => type !== 'BOOKMARK').map(timeless);
  expect(events(ours)).toEqual(events(linesOf(recorded)));
});

test('a watch of too old a revision is told alike', async () => {
  await using replay = await startReplay();
  const recorded = recording('watch-expired');
  const ours = linesIn((await replay.answer(recorded)).body);
  expect(ours.map(timeless)).toEqual(linesOf(recorded).map(timeless));
});

test('a watch from the future hears nothing, and a list from there is refused alike', async () => {
  await using replay = await startReplay();
  const recorded = recording('watch-future');
  const path = recorded.request.path.replace('timeoutSeconds=12', 'timeoutSeconds=1');
  const heard = replay.answer(recorded, path);
  await expect.poll(() => replay.server.faults.openWatches.size).toBe(1);
  const route = replay.store.get('virtualservices', 'shop', 'payment');
  if (route === undefined) throw new Error('the replay has no route');
  replay.store.put({ ...route, metadata: { ...route.metadata, labels: { changed: 'yes' } } });
  expect((await heard).body).toBe('');
  expect(recorded.response.lines).toEqual([]);
  const list = recording('list-future');
  const { status, body } = await replay.answer(list);
  const steadily = (answer: unknown) =>
    JSON.parse(JSON.stringify(answer).replace(/current: \d+/, 'current: now')) as unknown;
  expect(status).toBe(list.response.status);
  expect(steadily(body)).toEqual(steadily(list.response.body));
});

test('a watch that begins with what is there says alike where that ends', async () => {
  await using replay = await startReplay();
  const recorded = recording('watch-list');
  const path = recorded.request.path.replace('timeoutSeconds=5', 'timeoutSeconds=1');
  const outline = (lines: readonly WatchLine[]) => {
    const end = lines.findIndex(({ type }) => type === 'BOOKMARK');
    return lines
      .slice(0, end + 1)
      .map(({ type, object }) => (type === 'BOOKMARK' ? timeless(object) : [type, object.kind]));
  };
  const ours = outline(linesIn((await replay.answer(recorded, path)).body));
  expect(ours).toEqual(outline(linesOf(recorded)));
  expect(ours.length).toBeGreaterThan(1);
});

interface WatchLine {
  readonly type: string;
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
  };
}

const linesOf = (recorded: Recording): readonly WatchLine[] =>
  (recorded.response.lines ?? []) as readonly WatchLine[];
/** A stream of one line has been read as JSON already. */
const linesIn = (body: unknown): readonly WatchLine[] =>
  typeof body === 'string'
    ? body
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text) as WatchLine)
    : [body as WatchLine];
const uidOf = (recorded: Recording): string =>
  (recorded.response.body as { metadata: { uid: string } }).metadata.uid;

/** Without the document that the refusal of a patch quotes whole: the order of its fields is nobody's promise. */
function steady(body: unknown): unknown {
  const text = JSON.stringify(timeless(body)).replace(
    /Invalid value: \\"\{.*?\}\\": strict/g,
    'Invalid value: document: strict',
  );
  return JSON.parse(text);
}
