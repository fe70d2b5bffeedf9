import { create } from 'zustand';
import type { ConfigDocument } from '../../shared/model/config.ts';
import type { EntityId } from '../../shared/model/entity.ts';
import type { EditDocument } from '../../shared/model/operation.ts';
import type { WorkloadRef } from '../../shared/model/workload.ts';
import { documentKey } from './configPage.ts';

/** A pending edit of one document: some of its entries, or its whole text; never both. */
export interface ConfigDraft {
  readonly serviceId: EntityId;
  /** The document as it was when the operator began: the fence of "someone else changed it". */
  readonly seen: ConfigDocument;
  readonly edit:
    | {
        readonly kind: 'entries';
        readonly set: Readonly<Record<string, string>>;
        readonly remove: readonly string[];
      }
    | { readonly kind: 'yaml'; readonly text: string };
}

interface ConfigDrafts {
  readonly byDocument: Readonly<Record<string, ConfigDraft>>;
}

/** Edits of configuration. In memory only: a value of a Secret may be among them. */
export const useConfigDrafts = create<ConfigDrafts>(() => ({ byDocument: {} }));

export function useConfigDraft(document: ConfigDocument): ConfigDraft | null {
  return useConfigDrafts((state) => state.byDocument[documentKey(document)] ?? null);
}

/** Makes a new value of one entry pending; the value that is there already leaves nothing pending. */
export function draftEntry(
  serviceId: EntityId,
  document: ConfigDocument,
  key: string,
  value: string | null,
): void {
  change(serviceId, document, ({ seen, edit }) => {
    const entries = edit.kind === 'entries' ? edit : { set: {}, remove: [] };
    const there = seen.entries.find((entry) => entry.key === key);
    const set = Object.fromEntries(Object.entries(entries.set).filter(([each]) => each !== key));
    const remove = entries.remove.filter((each) => each !== key);
    if (value === null) {
      if (there !== undefined) remove.push(key);
    } else if (there?.value !== value) set[key] = value;
    return { kind: 'entries', set, remove };
  });
}

/** Takes one entry out of what is pending. */
export function putEntryBack(document: ConfigDocument, key: string): void {
  const draft = useConfigDrafts.getState().byDocument[documentKey(document)];
  if (draft?.edit.kind !== 'entries') return;
  const { [key]: gone, ...set } = draft.edit.set;
  void gone;
  change(draft.serviceId, document, ({ edit }) =>
    edit.kind === 'entries'
      ? { kind: 'entries', set, remove: edit.remove.filter((each) => each !== key) }
      : edit,
  );
}

/** Makes a new text of the whole document pending. */
export function draftYaml(serviceId: EntityId, document: ConfigDocument, text: string): void {
  change(serviceId, document, () => ({ kind: 'yaml', text }));
}

export function discardConfigDraft(document: Pick<ConfigDocument, 'document' | 'kind'>): void {
  put(documentKey(document), null);
}

/** What review asks the console to plan. */
export function editOf(
  { seen, serviceId, edit }: ConfigDraft,
  restart: readonly WorkloadRef[],
): EditDocument {
  const { document, revision } = seen;
  return {
    kind: 'editDocument',
    connectionId: document.connectionId,
    serviceId,
    document,
    revision,
    edit:
      edit.kind === 'yaml'
        ? { kind: 'yaml', text: edit.text }
        : {
            kind: 'entries',
            set: Object.entries(edit.set).map(([key, value]) => ({ key, value })),
            remove: [...edit.remove],
          },
    restart: [...restart],
  };
}

function change(
  serviceId: EntityId,
  document: ConfigDocument,
  next: (draft: ConfigDraft) => ConfigDraft['edit'],
): void {
  const key = documentKey(document);
  const begun = useConfigDrafts.getState().byDocument[key];
  const draft = begun ?? { serviceId, seen: document, edit: { kind: 'entries', set: {}, remove: [] } };
  const edit = next(draft);
  put(key, isNothing(edit, draft.seen) ? null : { ...draft, edit });
}

function isNothing(edit: ConfigDraft['edit'], seen: ConfigDocument): boolean {
  if (edit.kind === 'yaml') return edit.text === seen.yaml;
  return Object.keys(edit.set).length === 0 && edit.remove.length === 0;
}

function put(key: string, draft: ConfigDraft | null): void {
  useConfigDrafts.setState(({ byDocument }) => {
    const others = Object.fromEntries(Object.entries(byDocument).filter(([each]) => each !== key));
    return { byDocument: draft === null ? others : { ...others, [key]: draft } };
  });
}
