import { beforeEach, describe, expect, test } from 'vitest';
import type { ConfigDocument } from '../../shared/model/config.ts';
import { documentKey } from './configPage.ts';
import {
  discardConfigDraft,
  draftEntry,
  draftYaml,
  editOf,
  putEntryBack,
  useConfigDrafts,
} from './configDrafts.ts';

const settings: ConfigDocument = {
  document: {
    connectionId: 'c1',
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'shop',
    name: 'payment',
    uid: 'u1',
  },
  revision: '41',
  kind: 'configMap',
  entries: [
    { key: 'retries', value: '2', bytes: 1, binary: false },
    { key: 'bank', value: 'https://bank', bytes: 12, binary: false },
  ],
  yaml: 'kind: ConfigMap\n',
  immutable: false,
  reach: [],
  writers: [],
  readOnly: null,
};
const draft = () => useConfigDrafts.getState().byDocument[documentKey(settings)] ?? null;

beforeEach(() => useConfigDrafts.setState({ byDocument: {} }));

describe('edits of one document', () => {
  test('ask for what was changed, added and taken away, on what was seen', () => {
    draftEntry('s1', settings, 'retries', '3');
    draftEntry('s1', { ...settings, revision: '99' }, 'colour', 'blue');
    draftEntry('s1', settings, 'bank', null);
    const begun = draft();
    expect(begun && editOf(begun, [])).toMatchObject({
      kind: 'editDocument',
      revision: '41',
      edit: {
        kind: 'entries',
        set: [
          { key: 'retries', value: '3' },
          { key: 'colour', value: 'blue' },
        ],
        remove: ['bank'],
      },
    });
  });

  test('end where everything is as it was', () => {
    draftEntry('s1', settings, 'retries', '3');
    draftEntry('s1', settings, 'retries', '2');
    expect(draft()).toBeNull();
    draftEntry('s1', settings, 'bank', null);
    putEntryBack(settings, 'bank');
    expect(draft()).toBeNull();
    draftYaml('s1', settings, 'kind: ConfigMap\n');
    expect(draft()).toBeNull();
  });

  test('are dropped when discarded', () => {
    draftYaml('s1', settings, 'kind: ConfigMap\ndata: {}\n');
    expect(draft()?.edit.kind).toBe('yaml');
    discardConfigDraft(settings);
    expect(draft()).toBeNull();
  });
});
