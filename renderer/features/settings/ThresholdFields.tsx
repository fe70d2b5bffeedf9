import type { HealthThresholds } from '../../../shared/model/settings.ts';
import { NumberInput } from '../../ui/NumberInput.tsx';

interface ThresholdFieldsProps {
  readonly thresholds: HealthThresholds;
  readonly onChange: (thresholds: HealthThresholds) => void;
}

/** Failing never begins below degraded: each field ends where the other stands. */
export function ThresholdFields({ thresholds, onChange }: ThresholdFieldsProps) {
  const { degradedErrorRatio, failingErrorRatio, minimumCalls } = thresholds;
  return (
    <div className="settingFields">
      <NumberInput
        label="Degraded from"
        as="percent"
        value={degradedErrorRatio}
        least={0.001}
        most={failingErrorRatio}
        step={0.001}
        onChange={(value) => onChange({ ...thresholds, degradedErrorRatio: value })}
      />
      <NumberInput
        label="Failing from"
        as="percent"
        value={failingErrorRatio}
        least={degradedErrorRatio}
        most={1}
        step={0.001}
        onChange={(value) => onChange({ ...thresholds, failingErrorRatio: value })}
      />
      <NumberInput
        label="Calls at least"
        value={minimumCalls}
        least={1}
        most={1_000_000}
        step={1}
        onChange={(value) => onChange({ ...thresholds, minimumCalls: value })}
      />
    </div>
  );
}
