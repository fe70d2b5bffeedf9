import './NameCheck.css';
import { misleadingIn } from '../../shared/analysis/misleadingName.ts';
import { plainText } from './plainText.ts';

interface NameCheckProps {
  /** As the peer says it, untouched. */
  readonly name: string;
}

/** A warning where a name is not what it looks like, with the code point of each character that misleads. */
export function NameCheck({ name }: NameCheckProps) {
  const misleading = misleadingIn(name);
  if (misleading.length === 0) return null;
  return (
    <div className="nameCheck" role="alert">
      <b>This name is not what it looks like: {plainText(name, 120)}</b>
      <ul>
        {misleading.slice(0, 12).map(({ point, what }, index) => (
          <li key={index}>
            <code>{point}</code> {what}
          </li>
        ))}
        {misleading.length > 12 && <li>and {misleading.length - 12} more</li>}
      </ul>
    </div>
  );
}
