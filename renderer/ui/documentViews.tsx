import './Code.css';
import { type ComponentProps, type ComponentType, lazy, Suspense } from 'react';
import type { Diff } from './Diff.tsx';
import type { Yaml } from './Yaml.tsx';

type DiffProps = ComponentProps<typeof Diff>;
type YamlProps = ComponentProps<typeof Yaml>;

// The editor is a third of the whole page and nothing of it is seen at first: it is loaded once the page stands. When it can't
// be, the host being gone, the text itself is still shown.
const loadDiff = () => import('./Diff.tsx').then((loaded) => loaded.Diff);
const loadYaml = () => import('./Yaml.tsx').then((loaded) => loaded.Yaml);

const LazyDiff = lazyOr<DiffProps>(loadDiff, ({ label, after }) => <PlainText label={label} text={after} />);
const LazyYaml = lazyOr<YamlProps>(loadYaml, ({ label, text }) => <PlainText label={label} text={text} />);

/** Two versions of a document as one, see Diff. */
export function DocumentDiff(props: DiffProps) {
  return (
    <Suspense fallback={<div className="code codeDiff" />}>
      <LazyDiff {...props} />
    </Suspense>
  );
}

/** A document with its findings, see Yaml. */
export function DocumentYaml(props: YamlProps) {
  return (
    <Suspense fallback={<div className="code codeYaml" />}>
      <LazyYaml {...props} />
    </Suspense>
  );
}

/** Loads what draws documents before it is needed. */
export function loadDocumentViews(): void {
  // Without it documents are shown plainly, which is said to nobody before there is one.
  void Promise.all([loadDiff(), loadYaml()]).catch(() => undefined);
}

function lazyOr<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  plain: ComponentType<Props>,
) {
  return lazy(async () => ({ default: await load().catch(() => plain) }));
}

function PlainText({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <pre className="code mono" aria-label={label}>
      {text}
    </pre>
  );
}
