import type { Permission } from '../../../shared/model/connection.ts';

/** What these credentials may do, as the access reviews answered, and what for. */
export function Permissions({ permissions }: { readonly permissions: readonly Permission[] }) {
  if (permissions.length === 0) return null;
  return (
    <table className="permissions">
      <caption className="sectionTitle">What these credentials may do</caption>
      <thead>
        <tr>
          <th scope="col">May</th>
          <th scope="col">Verb</th>
          <th scope="col">Resource</th>
          <th scope="col">Namespace</th>
          <th scope="col">What for</th>
        </tr>
      </thead>
      <tbody>
        {permissions.map(({ verb, resource, namespace, allowed, purpose }) => (
          <tr key={`${verb} ${resource} ${namespace ?? ''}`}>
            <td className={toneOf(allowed)}>{wordOf(allowed)}</td>
            <td>{verb}</td>
            <td>{resource}</td>
            <td>{namespace ?? 'all'}</td>
            <td className="muted">{purpose}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function wordOf(allowed: boolean | null): string {
  if (allowed === null) return '? not known';
  return allowed ? '✓ yes' : '✕ no';
}

function toneOf(allowed: boolean | null): string {
  if (allowed === null) return 'muted';
  return allowed ? 'toneOk' : 'toneBad';
}
