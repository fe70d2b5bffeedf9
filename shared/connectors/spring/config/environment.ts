import { z } from 'zod';
import { masked } from './secrets.ts';

/** A property as one source has it. */
export interface Property {
  /** Null where the service masks it. */
  readonly value: string | null;
  /** "Config Server file:/srv/config/payment.yml:2:13", where it says. */
  readonly origin: string | null;
}

export interface PropertySource {
  readonly name: string;
  readonly properties: ReadonlyMap<string, Property>;
}

/** An instance's environment: of the sources that have a property, the first wins. */
export interface Environment {
  readonly profiles: readonly string[];
  readonly sources: readonly PropertySource[];
}

const Found = z.object({ value: z.unknown().optional(), origin: z.string().nullish() });
const Profiles = z.object({
  activeProfiles: z.array(z.string()).default([]),
  defaultProfiles: z.array(z.string()).default([]),
});
const Whole = Profiles.extend({
  propertySources: z.array(z.object({ name: z.string(), properties: z.unknown().optional() })),
});

/** Null where the answer is none of the endpoint's. */
export function readEnvironment(body: unknown): Environment | null {
  const read = Whole.safeParse(body).data;
  if (read === undefined) return null;
  return {
    profiles: read.activeProfiles.length > 0 ? read.activeProfiles : read.defaultProfiles,
    sources: read.propertySources.map(({ name, properties }) => ({
      name,
      properties: new Map(
        entriesOf(properties).flatMap(([key, found]) => {
          const property = propertyOf(found);
          return property === null ? [] : [[key, property] as const];
        }),
      ),
    })),
  };
}

const One = z.object({
  property: z.object({ source: z.string().nullish(), value: z.unknown().optional() }).nullish(),
  propertySources: z.array(z.object({ name: z.string(), property: z.unknown().optional() })),
});

/** One property: its value in effect, and what each source that has it says. Null where the answer is none of the endpoint's. */
export function readProperty(body: unknown): {
  readonly value: string | null;
  readonly source: string | null;
  readonly sources: readonly (Property & { readonly name: string })[];
} | null {
  const read = One.safeParse(body).data;
  if (read === undefined) return null;
  return {
    value: valueOf(read.property?.value),
    source: read.property?.source ?? null,
    sources: read.propertySources.flatMap(({ name, property }) => {
      const found = propertyOf(property);
      return found === null ? [] : [{ name, ...found }];
    }),
  };
}

/** The value in effect with its source; null where no source has the key. */
export function effectiveIn(
  { sources }: Environment,
  key: string,
): (Property & { readonly source: string }) | null {
  for (const { name, properties } of sources) {
    const found = properties.get(key);
    if (found !== undefined) return { ...found, source: name };
  }
  return null;
}

/** The source of what was written by the endpoint itself. */
export const overrides = 'manager';

export const overridesIn = ({ sources }: Environment): ReadonlyMap<string, Property> =>
  sources.find(({ name }) => name === overrides)?.properties ?? new Map<string, Property>();

/** Keys as they are, also those that mean something to JavaScript. */
export const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** What is drawn and compared: numbers and truth values as Spring writes them out. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

function propertyOf(found: unknown): Property | null {
  const read = Found.safeParse(found);
  if (!read.success || !('value' in (found as object))) return null; // an object, as the shape says
  return { value: valueOf(read.data.value), origin: read.data.origin ?? null };
}

const valueOf = (value: unknown): string | null => (value === masked ? null : textOf(value));
