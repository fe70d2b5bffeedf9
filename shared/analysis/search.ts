import type { EntityId } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import { Health, type ServiceSignals } from '../model/signals.ts';

/** One condition of a find expression; all of them must hold. */
export type SearchTerm = { readonly not: boolean } & (
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'field';
      readonly field: 'namespace' | 'owner' | 'version' | 'kind' | 'name';
      readonly text: string;
    }
  | { readonly kind: 'health'; readonly health: Health }
  | { readonly kind: 'number'; readonly figure: Figure; readonly over: boolean; readonly limit: number }
  | { readonly kind: 'new'; readonly withinMs: number }
  | { readonly kind: 'held' }
);

/** Figures that can be compared: latencies in ms, `errors` as a share 0..1. */
export type Figure = 'p50' | 'p90' | 'p99' | 'rps' | 'errors' | 'failed' | 'ready' | 'restarts';

/** A parsed find expression, and what of it could not be read. */
export interface Search {
  readonly terms: readonly SearchTerm[];
  readonly problems: readonly string[];
}

/** What a service is searched by. */
export interface Searched {
  readonly service: GraphService;
  readonly signals: ServiceSignals | null;
  /** Whether an operator holds calls to it. */
  readonly held?: boolean;
}

const FIELDS = {
  ns: 'namespace',
  namespace: 'namespace',
  owner: 'owner',
  version: 'version',
  kind: 'kind',
  name: 'name',
} as const;
const FIGURES: ReadonlySet<string> = new Set([
  'p50',
  'p90',
  'p99',
  'rps',
  'errors',
  'failed',
  'ready',
  'restarts',
]);
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `payment health:failing p99>200 errors>1% version:v2 new:1h ns:shop -owner:team-a "two words"`. Conditions are
 * parted by blanks and all must hold; `-` before one turns it round.
 */
export function parseSearch(text: string): Search {
  const terms: SearchTerm[] = [];
  const problems: string[] = [];
  for (const [whole] of text.slice(0, 500).matchAll(/-?(?:[^\s"]*"[^"]*"?|[^\s"]+)/g)) {
    const not = whole.length > 1 && whole.startsWith('-');
    const word = (not ? whole.slice(1) : whole).replaceAll('"', '');
    if (word === '') continue;
    const term = parseTerm(word, not);
    if (typeof term === 'string') problems.push(term);
    else terms.push(term);
  }
  return { terms, problems };
}

/** Whether a service meets all conditions. A figure that nobody knows meets none, turned round or not. */
export function matchesSearch(search: Search, searched: Searched, now: number): boolean {
  return search.terms.every((term) => {
    const met = meets(term, searched, now);
    return met !== null && met !== term.not;
  });
}

function parseTerm(word: string, not: boolean): SearchTerm | string {
  const compared = /^([a-z0-9]+)([<>])=?(.*)$/i.exec(word);
  if (compared) {
    const [, name = '', sign, value = ''] = compared;
    const figure = name.toLowerCase();
    if (!isFigure(figure)) return `“${name}” cannot be compared: use ${[...FIGURES].join(', ')}`;
    const limit = parseFigure(figure, value);
    return limit === null
      ? `“${value}” is no number to compare ${figure} with`
      : { kind: 'number', not, figure, over: sign === '>', limit };
  }
  if (word.toLowerCase() === 'held') return { kind: 'held', not };
  const colon = word.indexOf(':');
  if (colon <= 0) return { kind: 'text', not, text: word.toLowerCase() };
  const key = word.slice(0, colon).toLowerCase();
  const value = word.slice(colon + 1).toLowerCase();
  if (key === 'health') {
    const health = Health.safeParse(value);
    return health.success
      ? { kind: 'health', not, health: health.data }
      : `health is ${Health.options.join(', ')}, not “${value}”`;
  }
  if (key === 'new') {
    const age = /^(\d+)([smhd])$/.exec(value);
    const unit = UNIT_MS[age?.[2] ?? ''];
    return age && unit !== undefined
      ? { kind: 'new', not, withinMs: Number(age[1]) * unit }
      : `“new:${value}” is no age: write new:30m or new:1h`;
  }
  if (Object.hasOwn(FIELDS, key))
    return { kind: 'field', not, field: FIELDS[key as keyof typeof FIELDS], text: value };
  return { kind: 'text', not, text: word.toLowerCase() };
}

function isFigure(name: string): name is Figure {
  return FIGURES.has(name);
}

/** `200`, `200ms`, `2s` for latencies; `1%` or `1` (percent) for errors; plain numbers else. */
function parseFigure(figure: Figure, text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?|\.\d+)\s*(%|ms|s|)$/i.exec(text);
  if (!parts) return null;
  const value = Number(parts[1]);
  const unit = (parts[2] ?? '').toLowerCase();
  if (figure === 'errors') return unit === '' || unit === '%' ? value / 100 : null;
  if (figure.startsWith('p')) return unit === 's' ? value * 1000 : unit === '%' ? null : value;
  return unit === '' ? value : null;
}

/** Null where the term asks for what is not known. */
function meets(term: SearchTerm, { service, signals, held = false }: Searched, now: number): boolean | null {
  switch (term.kind) {
    case 'text':
      return [service.name, service.namespace, service.owner, ...service.hosts].some((text) =>
        includes(text, term.text),
      );
    case 'field':
      if (term.field === 'version')
        return service.versions.some((one) => one.version.toLowerCase() === term.text);
      return includes(service[term.field], term.text);
    case 'health':
      return (signals?.health ?? 'unknown') === term.health;
    case 'new':
      return service.createdAt === null ? null : now - service.createdAt <= term.withinMs;
    case 'held':
      return held;
    case 'number': {
      const value = figureOf(term.figure, service, signals);
      return value === null ? null : term.over ? value > term.limit : value < term.limit;
    }
  }
}

function figureOf(figure: Figure, service: GraphService, signals: ServiceSignals | null): number | null {
  switch (figure) {
    case 'ready':
      return service.readyInstances;
    case 'restarts':
      return service.recentRestarts;
    case 'rps':
      return signals?.requestsPerSecond ?? null;
    case 'failed':
      return signals?.failedPerSecond ?? null;
    case 'errors':
      return signals?.errorRatio ?? null;
    case 'p50':
      return signals?.p50Ms ?? null;
    case 'p90':
      return signals?.p90Ms ?? null;
    case 'p99':
      return signals?.p99Ms ?? null;
  }
}

function includes(text: string | null, part: string): boolean {
  return text !== null && text.toLowerCase().includes(part);
}

/** Ids in order of how well their name fits a text: whole, from the beginning, within. For palettes. */
export function rankByName(services: readonly GraphService[], text: string): EntityId[] {
  const wanted = text.trim().toLowerCase();
  const rank = ({ name }: GraphService): number => {
    const lower = name.toLowerCase();
    return lower === wanted ? 0 : lower.startsWith(wanted) ? 1 : lower.includes(wanted) ? 2 : 3;
  };
  return services
    .filter(
      (service) =>
        rank(service) < 3 || includes(service.namespace, wanted) || includes(service.owner, wanted),
    )
    .sort((a, b) => rank(a) - rank(b) || a.name.length - b.name.length || a.name.localeCompare(b.name, 'en'))
    .map((service) => service.id);
}
