import type { ConnectionForm } from '../../../shared/model/connection.ts';

/** A name for what is being typed, from where it leads: "Consul at consul.example.com:8501". */
export function titleOf(form: ConnectionForm, values: Readonly<Record<string, string>>): string {
  const address = form.fields.find(({ kind }) => kind === 'address');
  const host = URL.parse(values[address?.name ?? '']?.trim() ?? '')?.host ?? '';
  return host === '' ? form.title : `${form.title} at ${host}`;
}
