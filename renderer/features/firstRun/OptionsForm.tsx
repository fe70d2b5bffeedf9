import { TextField } from '../../ui/Field.tsx';
import type { OptionsDraft } from './options.ts';

interface OptionsFormProps {
  readonly options: OptionsDraft;
  readonly onChange: (options: OptionsDraft) => void;
}

/** What can be added for a cluster that does not tell enough by itself. */
export function OptionsForm({ options, onChange }: OptionsFormProps) {
  return (
    <details className="options">
      <summary>Options: name namespaces, give a Prometheus address</summary>
      <div className="optionsBody">
        <TextField
          label="Namespaces"
          value={options.namespaces}
          onChange={(namespaces) => onChange({ ...options, namespaces })}
          placeholder="shop, finance"
          note="Only needed when you may not list namespaces. Empty: all that can be listed."
        />
        <TextField
          label="Prometheus URL"
          value={options.prometheusUrl}
          onChange={(prometheusUrl) => onChange({ ...options, prometheusUrl })}
          placeholder="https://prometheus.example.com"
          note="Only needed when it cannot be reached through the cluster."
        />
        <TextField
          label="Headers for Prometheus"
          value={options.prometheusHeaders}
          onChange={(prometheusHeaders) => onChange({ ...options, prometheusHeaders })}
          placeholder={'Authorization: Bearer …\nX-Scope-OrgID: shop'}
          lines={2}
          note="One a line. Kept in memory only, and sent nowhere but there."
        />
      </div>
    </details>
  );
}
