import type { PeersCoordinates } from '../coordinates.ts';
import { userOf } from './askers.ts';
import { ask, type Recorder } from './recorder.ts';

const jsonPatch = { 'content-type': 'application/json-patch+json' };
const mergePatch = { 'content-type': 'application/merge-patch+json' };
const strategicMerge = { 'content-type': 'application/strategic-merge-patch+json' };
const shop = '/api/v1/namespaces/shop';
const metadataOnly = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };

/** ConfigMaps and Secrets: how they are made, changed, frozen and taken away, and every way in which that is refused. */
export async function recordConfiguration(recorder: Recorder, peers: PeersCoordinates): Promise<void> {
  const admin = userOf(peers, 'admin');
  const send = (name: string, method: string, path: string, body?: unknown, headers = {}) =>
    recorder.record(name, admin, {
      method,
      path: `${shop}/${path}`,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  const configMap = (name: string, content: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    ...content,
  });
  const settings = configMap('podium-settings', {
    data: { level: 'info', 'application.yaml': 'pool: 4\n' },
    binaryData: { logo: 'AAEC' },
  });
  await send('config-create', 'POST', 'configmaps?fieldManager=podium', settings);
  await send('config-create-exists', 'POST', 'configmaps', settings);
  await send(
    'config-create-dry-run',
    'POST',
    'configmaps?dryRun=All',
    configMap('podium-other', { data: { a: 'b' } }),
  );
  await send('config-bad-key', 'POST', 'configmaps', configMap('podium-other', { data: { 'a b': 'x' } }));
  await send(
    'config-key-twice',
    'POST',
    'configmaps',
    configMap('podium-other', { data: { a: 'x' }, binaryData: { a: 'AAEC' } }),
  );
  await send('config-bad-name', 'POST', 'configmaps', configMap('Podium_Other', { data: {} }));
  await send('config-not-text', 'POST', 'configmaps', configMap('podium-other', { data: { a: 1 } }));
  await send(
    'config-unknown-field-strict',
    'POST',
    'configmaps?fieldValidation=Strict',
    configMap('podium-other', { dta: { a: 'x' } }),
  );
  const map = 'configmaps/podium-settings';
  const replace = (path: string, from: unknown, to: unknown) => [
    { op: 'test', path, value: from },
    { op: 'replace', path, value: to },
  ];
  await send(
    'config-patch',
    'PATCH',
    `${map}?fieldManager=podium`,
    replace('/data/level', 'info', 'debug'),
    jsonPatch,
  );
  await send('config-patch-test-failed', 'PATCH', map, replace('/data/level', 'info', 'warn'), jsonPatch);
  await send('config-patch-not-text', 'PATCH', map, replace('/data/level', 'debug', 7), jsonPatch);
  await send('config-merge-patch', 'PATCH', map, { data: { level: null, extra: 'x' } }, mergePatch);
  await send('config-strategic-merge', 'PATCH', map, { data: { extra: 'y' } }, strategicMerge);
  await send('config-freeze', 'PATCH', map, { immutable: true }, mergePatch);
  await send('config-frozen', 'PATCH', map, { data: { extra: 'z' } }, mergePatch);
  await send('config-frozen-dry-run', 'PATCH', `${map}?dryRun=All`, { data: { extra: 'z' } }, mergePatch);
  await send('config-frozen-thaw', 'PATCH', map, { immutable: false }, mergePatch);
  await send('config-frozen-label', 'PATCH', map, { metadata: { labels: { a: 'b' } } }, mergePatch);
  const options = (preconditions: object) => ({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions });
  const otherUid = '00000000-0000-4000-8000-000000000000';
  await send('config-delete-other-uid', 'DELETE', map, options({ uid: otherUid }));
  await send('config-delete-dry-run', 'DELETE', `${map}?dryRun=All`);
  const held = JSON.parse((await ask(admin, { path: `${shop}/${map}` })).text) as {
    metadata: { uid: string };
  };
  await send('config-delete', 'DELETE', map, options({ uid: held.metadata.uid }));
  await send('config-delete-missing', 'DELETE', map);

  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'podium-key' } };
  await send('secret-create', 'POST', 'secrets', { ...secret, stringData: { user: 'ana', key: 'plain' } });
  await send('secret-metadata-only', 'GET', 'secrets?limit=1', undefined, metadataOnly);
  await send('secret-patch', 'PATCH', 'secrets/podium-key', { stringData: { key: 'other' } }, mergePatch);
  await send('secret-not-base64', 'PATCH', 'secrets/podium-key', { data: { key: '%%%' } }, mergePatch);
  await send('secret-type-changed', 'PATCH', 'secrets/podium-key', { type: 'kubernetes.io/tls' }, mergePatch);
  await send('secret-delete', 'DELETE', 'secrets/podium-key');
}
