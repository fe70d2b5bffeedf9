import type { Candidate } from '../../../shared/model/connection.ts';
import { Button } from '../../ui/Button.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { plainText } from '../../ui/plainText.ts';

interface CandidateCardProps {
  readonly candidate: Candidate;
  readonly opening: boolean;
  readonly disabled: boolean;
  readonly isOpen?: boolean;
  readonly problem: string | null;
  readonly onConnect: () => void;
  /** What was typed can be changed and forgotten. */
  readonly onEdit?: () => void;
  readonly onForget?: () => void;
}

/** One thing to connect to, with what should be known before. */
export function CandidateCard({
  candidate,
  opening,
  disabled,
  isOpen = false,
  problem,
  onConnect,
  onEdit,
  onForget,
}: CandidateCardProps) {
  const { environment, current, warnings } = candidate;
  // A kubeconfig may be anybody's: what it holds can only be read here, and steers nothing.
  const title = plainText(candidate.title, 120);
  return (
    <div className={`candidate ${environment}`}>
      <div className="grow">
        <div>
          <b className="candidateTitle">{title}</b>
          {environment !== 'other' && (
            <Chip tone={environment === 'production' ? 'bad' : 'warn'}>{environment}</Chip>
          )}
          {current && <span className="muted"> current context</span>}
        </div>
        <div className="muted candidateDetail">{plainText(candidate.detail, 400)}</div>
        {candidate.problem !== null && (
          <div className="toneBad">Cannot be opened: {plainText(candidate.problem, 600)}</div>
        )}
        {warnings.map((warning) => (
          <div key={warning} className="toneWarn">
            ! {plainText(warning, 600)}
          </div>
        ))}
        {problem !== null && (
          <div role="alert" className="toneBad">
            {problem}
          </div>
        )}
      </div>
      {onEdit !== undefined && (
        <Button isDisabled={disabled} onPress={onEdit} aria-label={`Change ${title}`}>
          Change…
        </Button>
      )}
      {onForget !== undefined && (
        <Button isDisabled={disabled} onPress={onForget} aria-label={`Forget ${title}`}>
          Forget
        </Button>
      )}
      {isOpen && <span className="muted">connected</span>}
      {candidate.problem === null && !isOpen && (
        <Button
          isDisabled={disabled}
          onPress={onConnect}
          aria-label={`Connect to ${title}, read-only until unlocked`}
        >
          {opening ? 'Connecting…' : 'Connect'}
        </Button>
      )}
    </div>
  );
}
