import { quoteRegex } from './promql.ts';

/** RE2 expression for a host as metrics name it: as given, or completed where it is short (`payment`, `payment.shop`). */
export function hostPattern(host: string): string {
  const parts = host.split('.');
  const quoted = quoteRegex(host);
  if (parts.length === 1) return `${quoted}|${quoted}\\.[^.]+\\.svc\\..+`;
  if (parts.length === 2) return `${quoted}|${quoted}\\.svc\\..+`;
  if (parts.length === 3 && parts[2] === 'svc') return `${quoted}|${quoted}\\..+`;
  return quoted;
}
