import type { ProtectionField, ProtectionForm } from '../../../shared/model/protection.ts';
import type { ProposalFigures, ProposedKind } from '../../state/protections.ts';
import { fieldsOf, type FormDraft } from './formDraft.ts';

/** The form that a proposal belongs to, what it fills in, and what it rests on. */
export interface Proposal {
  readonly formId: string;
  readonly draft: FormDraft;
  readonly why: string;
}

/** The field of each kind, by the name that ends its path; the first that a form has is taken. */
const fieldNames: Readonly<Record<ProposedKind, readonly RegExp[]>> = {
  timeout: [/(^|\.)timeout$/i, /(^|\.)RequestTimeout$/],
  limit: [
    /http2MaxRequests$/i,
    /MaxConcurrentRequests$/,
    /http1MaxPendingRequests$/i,
    /maxRequests$/i,
    /maxConnections$/i,
  ],
  ejection: [/consecutive5xxErrors$/i, /consecutiveErrors$/i, /MaxFailures$/],
};

/** What ejection is proposed with: the values that Envoy takes by itself once it is switched on. */
const ejectionDefaults: readonly (readonly [RegExp, string])[] = [
  [/(consecutive5xxErrors|MaxFailures)$/i, '5'],
  [/(outlierDetection|PassiveHealthCheck)\.interval$/i, '10s'],
  [/baseEjectionTime$/i, '30s'],
  [/maxEjectionPercent$/i, '10'],
];

/** Finds the form and fills in the value; null where no form here can set it, or no figure says how much. */
export function proposalFor(
  kind: ProposedKind,
  figures: ProposalFigures,
  forms: readonly ProtectionForm[],
): Proposal | null {
  const found = findField(kind, forms);
  if (found === null) return null;
  const formId = found.form.id;
  switch (kind) {
    case 'timeout': {
      const timeoutMs = proposedTimeoutMs(figures.p99Ms);
      if (timeoutMs === null)
        return { formId, draft: {}, why: 'No source measures its p99 to propose from.' };
      return {
        formId,
        draft: { [found.field.key]: durationText(timeoutMs) },
        why: `Proposed: twice the present p99, rounded up to ${durationText(timeoutMs)}.`,
      };
    }
    case 'limit': {
      const limit = proposedLimit(figures);
      if (limit === null)
        return { formId, draft: {}, why: 'No source measures rate and p99 to propose from.' };
      return {
        formId,
        draft: { [found.field.key]: String(limit) },
        why: `Proposed: four times the calls that are under way at once now (rate × p99), at least 10: ${limit}.`,
      };
    }
    case 'ejection':
      return {
        formId,
        draft: Object.fromEntries(
          fieldsOf(found.form).flatMap(({ key, value }) => {
            const proposed = ejectionDefaults.find(([name]) => name.test(key))?.[1];
            return proposed === undefined || value !== null ? [] : [[key, proposed]];
          }),
        ),
        why: 'Proposed: the proxies’ own values once ejection is on.',
      };
  }
}

/** Twice the p99, at least 100 ms, rounded up to 1, 1.5, 2, 2.5, 3, 4, 5 or 7.5 times a power of ten. */
export function proposedTimeoutMs(p99Ms: number | null): number | null {
  if (p99Ms === null || !Number.isFinite(p99Ms)) return null;
  const least = Math.max(100, 2 * p99Ms);
  const power = 10 ** Math.floor(Math.log10(least));
  const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10];
  const step = steps.find((each) => each * power >= least - 1e-6) ?? 10;
  return Math.round(step * power);
}

/** Little's law: calls under way are rate times latency; four times that, at least 10. */
export function proposedLimit({ requestsPerSecond, p99Ms }: ProposalFigures): number | null {
  if (requestsPerSecond === null || p99Ms === null) return null;
  return Math.max(10, Math.ceil((4 * requestsPerSecond * p99Ms) / 1000));
}

/** 250 → "250ms", 2000 → "2s", 1500 → "1500ms". */
export function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function findField(
  kind: ProposedKind,
  forms: readonly ProtectionForm[],
): { readonly form: ProtectionForm; readonly field: ProtectionField } | null {
  for (const name of fieldNames[kind]) {
    for (const form of forms) {
      const field = form.readOnly === null ? fieldsOf(form).find(({ key }) => name.test(key)) : undefined;
      if (field !== undefined) return { form, field };
    }
  }
  return null;
}
