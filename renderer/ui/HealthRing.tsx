import type { Health } from '../../shared/model/signals.ts';
import { failingShare } from './failingShare.ts';

interface HealthRingProps {
  readonly health: Health;
  readonly errorRatio: number | null;
  readonly sizePx?: number;
}

const stroke = {
  healthy: 'var(--ok)',
  degraded: 'var(--warn)',
  failing: 'var(--bad)',
  unknown: 'var(--faint)',
};

/**
 * Health as a ring. The failing share is an arc, so that state is not told by colour alone; unknown is dashed. The words
 * stand beside it, so the ring itself is hidden from readers.
 */
export function HealthRing({ health, errorRatio, sizePx = 26 }: HealthRingProps) {
  const radius = sizePx / 2 - 2;
  const around = 2 * Math.PI * radius;
  const troubled = health === 'degraded' || health === 'failing';
  const arc = around * failingShare(health, errorRatio);
  const circle = {
    cx: sizePx / 2,
    cy: sizePx / 2,
    r: radius,
    fill: 'none',
    strokeWidth: sizePx > 24 ? 3.5 : 3,
  };
  return (
    <svg className="healthRing" width={sizePx} height={sizePx} aria-hidden="true" data-health={health}>
      <circle
        {...circle}
        stroke={health === 'unknown' ? 'var(--faint)' : 'var(--ok)'}
        strokeDasharray={health === 'unknown' ? '4 3' : undefined}
      />
      {troubled && (
        <circle
          {...circle}
          stroke={stroke[health]}
          strokeDasharray={`${arc} ${around}`}
          transform={`rotate(-90 ${sizePx / 2} ${sizePx / 2})`}
        />
      )}
    </svg>
  );
}
