import type { ConfigDocument } from '../../../shared/model/config.ts';

type Named = Pick<ConfigDocument, 'kind' | 'document'>;

/** What another service has of the same sort as this document. */
export function counterparts<D extends Named>(document: Named, documents: readonly D[]): readonly D[] {
  return documents.filter(
    ({ kind, document: { kind: own } }) => kind === document.kind && own === document.document.kind,
  );
}

/** The one that is called the same elsewhere, also where kustomize put a hash of the content behind its name. */
export function counterpart<D extends Named>(document: Named, documents: readonly D[]): D | null {
  const alike = counterparts(document, documents);
  const { name } = document.document;
  return (
    alike.find((each) => each.document.name === name) ??
    alike.find((each) => withoutHash(each.document.name) === withoutHash(name)) ??
    null
  );
}

/** Ten characters of the alphabet that kustomize writes its hashes in (its `hasher`). */
const withoutHash = (name: string): string => name.replace(/-[2456789bcdfghkmt]{10}$/, '');
