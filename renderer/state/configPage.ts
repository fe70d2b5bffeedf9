import { create } from 'zustand';
import type { ConfigDocument } from '../../shared/model/config.ts';
import type { EntityId } from '../../shared/model/entity.ts';
import { showPage } from './view.ts';

/** One document of a service's configuration as the page names it: by its uid, and what it is taken as. */
export interface OpenDocument {
  readonly uid: string;
  /** Null opens it at no entry in particular. */
  readonly key: string | null;
}

/** What a search found in a document: the words, and the field by its dotted path; empty for the text of an entry. */
export interface Sought {
  readonly query: string;
  readonly path: string;
}

/** How a document is looked at. */
export type DocumentView = 'entries' | 'yaml' | 'history' | 'compare';

interface ConfigPageState {
  readonly serviceId: EntityId | null;
  readonly open: OpenDocument | null;
  readonly view: DocumentView;
  /** What the operator came for, until it was shown: then the text is theirs to walk in. */
  readonly sought: Sought | null;
  /** What is searched for over all services; empty shows the service. */
  readonly query: string;
}

/** What the configuration page shows; kept while other pages are looked at. */
export const useConfigPage = create<ConfigPageState>(() => ({
  serviceId: null,
  open: null,
  view: 'entries',
  sought: null,
  query: '',
}));

/** Goes to the configuration of a service, at a document of it if one is named. */
export function showConfig(
  serviceId: EntityId,
  open: OpenDocument | null = null,
  sought: Sought | null = null,
): void {
  useConfigPage.setState({ serviceId, open, view: 'entries', sought, query: '' });
  showPage('config');
}

/** What was sought has been shown, or it turned out to stand nowhere. */
export function forgetSought(): void {
  useConfigPage.setState({ sought: null });
}

export function openDocument(open: OpenDocument | null): void {
  useConfigPage.setState(({ open: before, view }) => ({
    open,
    sought: null,
    // Another document begins at its entries; another entry of the same stays in its view unless that shows none.
    view: open?.uid === before?.uid && (open?.key === null || view === 'yaml') ? view : 'entries',
  }));
}

export function setDocumentView(view: DocumentView): void {
  useConfigPage.setState({ view });
}

export function setConfigQuery(query: string): void {
  useConfigPage.setState({ query });
}

/** Tells one document of a service from another: a workload can be listed as environment and be nothing else. */
export function documentKey({ document, kind }: Pick<ConfigDocument, 'document' | 'kind'>): string {
  return `${document.connectionId} ${kind} ${document.uid}`;
}
