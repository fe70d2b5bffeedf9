import { plainText } from '../../ui/plainText.ts';

/** What could not be read, in words, where it is missed. */
export function Problems({ texts }: { readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul className="inspectorProblems" aria-label="What is missing">
      {texts.map((text) => (
        <li key={text}>{plainText(text)}</li>
      ))}
    </ul>
  );
}
