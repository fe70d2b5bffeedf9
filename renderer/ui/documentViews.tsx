import './Code.css';
import { type ComponentProps, type ComponentType, lazy, Suspense } from 'react';
import type { Diff } from './Diff.tsx';
import type { Editor } from './Editor.tsx';
import type { Sides } from './Sides.tsx';
import type { Yaml } from './Yaml.tsx';

type DiffProps = ComponentProps<typeof Diff>;
type YamlProps = ComponentProps<typeof Yaml>;
type SidesProps = ComponentProps<typeof Sides>;
type EditorProps = ComponentProps<typeof Editor>;

// The editor is a third of the whole page and nothing of it is seen at first: it is loaded once the page stands. When it can't
// be, the host being gone, the text itself is still shown.
const loadDiff = () => import('./Diff.tsx').then((loaded) => loaded.Diff);
const loadYaml = () => import('./Yaml.tsx').then((loaded) => loaded.Yaml);
const loadSides = () => import('./Sides.tsx').then((loaded) => loaded.Sides);
const loadEditor = () => import('./Editor.tsx').then((loaded) => loaded.Editor);

const LazyDiff = lazyOr<DiffProps>(loadDiff, ({ label, after }) => <PlainText label={label} text={after} />);
const LazyYaml = lazyOr<YamlProps>(loadYaml, ({ label, text }) => <PlainText label={label} text={text} />);

const LazySides = lazyOr<SidesProps>(loadSides, ({ left, right }) => (
  <>
    <PlainText label={left.title} text={left.text} />
    <PlainText label={right.title} text={right.text} />
  </>
));
const LazyEditor = lazyOr<EditorProps>(loadEditor, ({ label, text, onChange, isReadOnly = false }) => (
  <textarea
    className="input codePlain"
    aria-label={label}
    readOnly={isReadOnly}
    rows={18}
    value={text}
    onChange={(event) => onChange(event.target.value)}
  />
));

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

/** Two documents side by side, see Sides. */
export function DocumentSides(props: SidesProps) {
  return (
    <Suspense fallback={<div className="code" />}>
      <LazySides {...props} />
    </Suspense>
  );
}

/** A text that can be edited, see Editor. */
export function DocumentEditor(props: EditorProps) {
  return (
    <Suspense fallback={<div className="code codeEditor" />}>
      <LazyEditor {...props} />
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
