import type { Protection, ServiceDetail } from '../../../shared/model/inspect.ts';
import { useNow } from '../../live/clock.ts';
import { formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { protectionTitles } from './protectionWords.ts';

interface ProtectionListProps {
  readonly protections: readonly Protection[];
  readonly unseen: ServiceDetail['unseen'];
}

/** Each protection: what is declared and where, and what the callers' proxies were seen to do about it. */
export function ProtectionList({ protections, unseen }: ProtectionListProps) {
  const now = useNow();
  return (
    <>
      <dl className="protections">
        {protections.map(({ kind, text, evidence, observed }) => (
          <div key={`${kind} ${text} ${evidence}`} className="protection">
            <dt>{protectionTitles[kind]}</dt>
            <dd>
              <span>{plainText(text, 200)}</span>
              <span className="protectionSource">{plainText(evidence, 160)}</span>
              {observed !== null && (
                <span className="protectionSeen" title={formatUtc(observed.at)}>
                  seen: {plainText(observed.text, 200)}
                  <span className="protectionSource num">
                    {plainText(observed.source, 60)}, {formatSpan(Math.max(0, now - observed.at))} old
                  </span>
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {unseen !== null && (
        <div className="protectionUnseen">
          <p>{plainText(unseen.text, 300)}</p>
          <details>
            <summary>What to add to see it</summary>
            <pre>
              <code>
                {unseen.setting
                  .split('\n')
                  .map((line) => plainText(line, 200))
                  .join('\n')}
              </code>
            </pre>
          </details>
        </div>
      )}
    </>
  );
}
