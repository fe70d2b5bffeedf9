import { plainText } from '../../ui/plainText.ts';

/** What could not be read, beside what could. */
export function Problems({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <div role="status">
      <ul className="configProblems">
        {texts.slice(0, 5).map((text) => (
          <li key={text}>! {plainText(text, 400)}</li>
        ))}
      </ul>
    </div>
  );
}
