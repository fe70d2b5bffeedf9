import { parse, stringify } from 'yaml';
import type { ConfigDocument } from '../../../shared/model/config.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A recorded version as the next text of the document. Records leave out which document it is; and of a workload its
 * controller recorded the pod template alone, which takes the place of the one in the text as it is now.
 */
export function restoredText(
  recorded: string,
  { document, yaml }: Pick<ConfigDocument, 'document' | 'yaml'>,
): string {
  const version = fieldsOf(parse(recorded));
  const { apiVersion, kind, metadata, ...rest } = isTemplateAlone(version)
    ? withTemplate(fieldsOf(parse(yaml ?? '')), version)
    : version;
  void [apiVersion, kind];
  const { namespace } = document;
  return stringify(
    {
      apiVersion: document.apiVersion,
      kind: document.kind,
      metadata: {
        ...fieldsOf(metadata),
        name: document.name,
        ...(namespace === null ? {} : { namespace }),
      },
      ...rest,
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

const isTemplateAlone = (version: Fields): boolean =>
  Object.keys(version).join() === 'spec' && Object.keys(fieldsOf(version['spec'])).join() === 'template';

const withTemplate = (now: Fields, version: Fields): Fields => ({
  ...now,
  spec: { ...fieldsOf(now['spec']), template: fieldsOf(version['spec'])['template'] },
});

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
