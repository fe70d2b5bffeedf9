import type { ConnectionForm } from '../../../shared/model/connection.ts';

/** A name for what is being typed, from where it leads: "Consul at consul.example.com:8501", "Envoy at 10.0.0.1:19000 and 2 more". */
export function titleOf(form: ConnectionForm, values: Readonly<Record<string, string>>): string {
  const address = form.fields.find(({ kind }) => kind === 'address');
  const asked = address ?? form.fields.find(({ kind }) => kind === 'lines');
  const hosts = (values[asked?.name ?? ''] ?? '').split(/\s+/).flatMap((word) => {
    const url = URL.parse(word);
    return url === null || !/^https?:$/.test(url.protocol) ? [] : [url.host];
  });
  const [first, ...more] = new Set(hosts);
  if (first === undefined) return form.title;
  return `${form.title} at ${first}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}
