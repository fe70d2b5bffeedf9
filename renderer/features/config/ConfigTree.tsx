import { Button as AriaButton, Collection, Tree, TreeItem, TreeItemContent } from 'react-aria-components';
import type { ConfigDocument } from '../../../shared/model/config.ts';
import { useConnections } from '../../live/connections.ts';
import { useConfigDrafts } from '../../state/configDrafts.ts';
import { documentKey, type OpenDocument } from '../../state/configPage.ts';
import { plainText } from '../../ui/plainText.ts';
import { entryHint, groups, shortTitle } from './documentWords.ts';

interface ConfigTreeProps {
  readonly label: string;
  readonly documents: readonly ConfigDocument[];
  readonly open: OpenDocument | null;
  readonly onOpen: (open: OpenDocument) => void;
}

/** Documents by sort, each with its keys; arrows walk it, Enter opens. */
export function ConfigTree({ label, documents, open, onOpen }: ConfigTreeProps) {
  const drafts = useConfigDrafts((state) => state.byDocument);
  const connections = useConnections();
  const [first] = documents;
  const isSeveral = documents.some(({ document }) => document.connectionId !== first?.document.connectionId);
  const systemOf = ({ document: { connectionId } }: ConfigDocument): string | null =>
    isSeveral ? (connections.find(({ id }) => id === connectionId)?.title ?? null) : null;
  const shown = groups.filter(({ kind }) => documents.some((each) => each.kind === kind));
  const opened = documents.find(({ document }) => document.uid === open?.uid);
  const openId = opened === undefined ? null : idOf(opened, open?.key ?? null);
  return (
    <Tree
      className="configTree"
      aria-label={label}
      selectionMode="none"
      defaultExpandedKeys={[
        ...shown.map(({ kind }) => kind),
        ...documents.filter(isShort).map((each) => idOf(each, null)),
      ]}
      onAction={(id) => {
        const found = targetOf(String(id), documents);
        if (found !== null) onOpen(found);
      }}
    >
      {shown.map(({ kind, title }) => (
        <TreeItem key={kind} id={kind} textValue={title}>
          <Row look="group">{title}</Row>
          {documents
            .filter((each) => each.kind === kind)
            .map((document) => {
              const draft = drafts[documentKey(document)];
              return (
                <TreeItem
                  key={idOf(document, null)}
                  id={idOf(document, null)}
                  textValue={shortTitle(document)}
                >
                  <Row
                    look="document"
                    isPending={draft !== undefined}
                    isOpen={openId === idOf(document, null)}
                  >
                    {shortTitle(document)}
                    {systemOf(document) !== null && (
                      <span className="muted ellipsis"> {plainText(systemOf(document) ?? '', 60)}</span>
                    )}
                  </Row>
                  <Collection
                    items={document.entries.map((entry) => ({ ...entry, id: idOf(document, entry.key) }))}
                  >
                    {(entry) => (
                      <TreeItem id={entry.id} textValue={entry.key}>
                        <Row
                          look="entry"
                          isOpen={openId === entry.id}
                          isPending={draft?.edit.kind === 'entries' && entry.key in draft.edit.set}
                        >
                          <span className="configKey">{plainText(entry.key, 80)}</span>
                          <span className="muted ellipsis">{entryHint(entry, kind === 'secret')}</span>
                        </Row>
                      </TreeItem>
                    )}
                  </Collection>
                </TreeItem>
              );
            })}
        </TreeItem>
      ))}
    </Tree>
  );
}

interface RowProps {
  readonly look: 'group' | 'document' | 'entry';
  readonly isPending?: boolean;
  readonly isOpen?: boolean;
  readonly children: React.ReactNode;
}

function Row({ look, isPending = false, isOpen = false, children }: RowProps) {
  return (
    <TreeItemContent>
      {({ hasChildItems, isExpanded }) => (
        <div className={isOpen ? `configRow ${look} on` : `configRow ${look}`}>
          {hasChildItems ? (
            <AriaButton slot="chevron" className="configChevron">
              {isExpanded ? '▾' : '▸'}
            </AriaButton>
          ) : (
            <span className="configChevron" />
          )}
          {children}
          {isOpen && <span className="visuallyHidden">, shown beside</span>}
          {isPending && <span className="tonePending configPending">pending</span>}
        </div>
      )}
    </TreeItemContent>
  );
}

/** Documents with more keys than this begin folded. */
const mostUnfolded = 12;

function isShort({ entries }: ConfigDocument): boolean {
  return entries.length <= mostUnfolded;
}

function idOf(document: ConfigDocument, key: string | null): string {
  const own = documentKey(document);
  return key === null ? own : `${own} ${key}`;
}

function targetOf(id: string, documents: readonly ConfigDocument[]): OpenDocument | null {
  for (const each of documents) {
    const own = documentKey(each);
    if (id === own) return { uid: each.document.uid, key: null };
    if (!id.startsWith(`${own} `)) continue;
    return { uid: each.document.uid, key: id.slice(own.length + 1) };
  }
  return null;
}
