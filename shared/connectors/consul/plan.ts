import { stringify } from 'yaml';
import type { Change, Guard, PatchStep, ThreeWay } from '../../model/change.ts';
import type { SetWeights } from '../../model/operation.ts';
import type { Split } from '../../model/weights.ts';
import type { PlannedWrite } from '../kit/control.ts';
import { PeerError, sayError } from '../kit/peerError.ts';
import { changedGuard, destinationGuards, guardOf, sayWeights, totalOf } from '../kit/splitGuards.ts';
import { compare } from './chain.ts';
import type { Entry } from './entries.ts';
import { expectationOf } from './expectation.ts';
import { mayWrite } from './permissions.ts';
import type { Registry } from './registry.ts';
import { linesOf, readSplits, refOf, splitIdOf, splitOf } from './splits.ts';

/** What the operator saw of a split when deciding; the fingerprint is undefined when this console no longer knows. */
export interface Seen {
  readonly revision: string;
  readonly weights: SetWeights['seen']['weights'];
  readonly fingerprint: string | undefined;
}

/** Where its lines lead, without how much each gets: another fingerprint is another split. */
export const fingerprintOf = (entry: Entry): string =>
  JSON.stringify((linesOf(entry) ?? []).map(({ Weight: _, ...line }) => line));

/** Refuses, before anybody is asked, what Consul would refuse. Throws `PeerError`. */
export function refuseNonsense(split: Split, wanted: readonly number[]): void {
  const refuse = (why: string): never => {
    throw new PeerError('refused', why);
  };
  if (wanted.length !== split.destinations.length)
    refuse(
      `The splitter has ${split.destinations.length} destinations, and ${wanted.length} weights were given. Look at it again.`,
    );
  if (split.readOnly !== null) refuse(`This split is read-only here. ${split.readOnly}`);
  if (wanted.length === 1) refuse('The splitter has a single destination: there is nothing to divide.');
  // The reference says steps of a hundredth; yet Consul 1.20 takes -5 / 105 and thousandths without a word.
  const odd = wanted.find((weight) => !inHundredths(weight) || weight < 0 || weight > 100);
  if (odd !== undefined)
    refuse(`A weight of ${odd} is none here: Consul takes 0 to 100 in steps of a hundredth.`);
  const sum = roundOff(totalOf(wanted));
  if (sum !== 100) refuse(`The weights add up to ${sum}: Consul takes a splitter only when it is 100.`);
  const before = split.destinations.map((one) => one.weight);
  if (wanted.every((weight, position) => weight === before[position]))
    refuse(`The weights are ${sayWeights(before)} already: there is nothing to change.`);
}

const inHundredths = (weight: number): boolean => Math.abs(roundOff(weight) - weight) < 1e-9;

/** Sums of hundredths without the dust of binary fractions. */
const roundOff = (weight: number): number => Math.round(weight * 100) / 100;

/** Makes the plan of one write; reads only. */
export async function planWrite(
  registry: Registry,
  shown: Split,
  wanted: readonly number[],
  seen: Seen,
  signal: AbortSignal,
): Promise<PlannedWrite> {
  const { name } = shown.document;
  const entry = await registry.fresh('service-splitter', name, signal);
  if (splitIdOf(entry) !== shown.id)
    throw new PeerError(
      'conflict',
      `service-splitter ${name} was deleted and made anew since you looked. Look at it again.`,
    );
  const split = splitOf(registry, entry);
  if (split === null) throw new PeerError('broken', `service-splitter ${name} cannot be read as a splitter.`);
  refuseNonsense(split, wanted);
  const [allowed, chain] = await Promise.all([
    mayWrite(registry.api, 'service', name, signal),
    chainGuard(registry, entry, signal),
  ]);
  const moved = movedSince(entry, split, seen);
  const after = withWeights(entry, wanted);
  const steps = stepsOf(entry, wanted);
  const change: Change = {
    document: refOf(registry, entry),
    action: 'patch',
    withheld: false,
    revision: entry.modifyIndex,
    patch: [{ op: 'test', path: '/ModifyIndex', value: entry.modifyIndex }, ...steps.forward],
    inverse: steps.back,
    before: yamlOf(entry.content),
    after: yamlOf(after),
  };
  const now = split.destinations.map((one) => one.weight);
  const titles = split.destinations.map((one) => one.title);
  const threeWay: ThreeWay | null =
    moved === 'no' || moved === 'elsewhere'
      ? null
      : { kind: 'weights', seen: [...seen.weights], now, wanted: [...wanted], titles, changedBy: null };
  return {
    title: `Shift ${name}: ${titles.map((title, position) => `${title} ${now[position] ?? 0} → ${wanted[position] ?? 0}`).join(', ')}`,
    target: `service-splitter ${name}`,
    changes: [change],
    guards: [
      guardOf(
        'dry-run',
        'pass',
        'It keeps the rules of Consul, as far as Podium knows them',
        'Consul has no way to try a write: the weights were checked here (steps of a hundredth, 100 in all, the same destinations).',
      ),
      accessGuard(allowed, name),
      guardOf('sum', 'pass', 'The weights still add up to 100'),
      ...destinationGuards(split, wanted),
      changedGuard(moved, null),
      ownershipGuard(split),
      chain,
    ],
    expectation: expectationOf(registry, split, wanted, readSplits(registry)),
    threeWay,
    copies: copiesOf(registry, entry, after, steps.forward),
    split,
    notes: [],
    direction: null,
  };
}

/** Whether these weights are in force at all: a service whose protocol is tcp has a splitter without effect. */
async function chainGuard(registry: Registry, entry: Entry, signal: AbortSignal): Promise<Guard> {
  let body: unknown;
  try {
    body = await registry.api.chain(entry.name, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return guardOf(
      'chain',
      'tick',
      'It is not known whether these weights are in force',
      sayError(error, 'Reading the discovery chain'),
    );
  }
  const compiled = compare(body, entry);
  switch (compiled.kind) {
    case 'as declared':
      return compiled.behindRouter
        ? guardOf(
            'chain',
            'tick',
            `A service-router of ${entry.name} stands before these weights`,
            'Only calls that the router sends to the service as a whole are divided so.',
          )
        : guardOf('chain', 'pass', 'These weights are what Consul sends to proxies now');
    case 'without it':
      return guardOf(
        'chain',
        'block',
        'These weights have no effect now',
        `The discovery chain of ${entry.name} does not hold them (protocol ${compiled.protocol}, or a redirect).`,
      );
    case 'other weights':
      return guardOf(
        'chain',
        'tick',
        'Consul sends other weights to proxies than the entry holds',
        `The discovery chain divides ${compiled.weights.join(' / ')}; it may not have followed yet.`,
      );
    case 'unreadable':
      return guardOf('chain', 'tick', 'It is not known whether these weights are in force');
  }
}

function accessGuard(allowed: boolean | null, name: string): Guard {
  if (allowed === true) return guardOf('access', 'pass', `Your token may write ${name}`);
  if (allowed === false)
    return guardOf(
      'access',
      'block',
      `Your token may not write ${name}`,
      `Ask for a token with service:write on ${name}.`,
    );
  return guardOf(
    'access',
    'tick',
    'Consul did not say whether you may do this',
    'The write itself will tell.',
  );
}

function ownershipGuard({ ownership }: Split): Guard {
  return ownership === null
    ? guardOf('ownership', 'pass', 'No controller is known to own this entry')
    : guardOf('ownership', 'tick', `Owned by ${ownership.name}`, ownership.consequence);
}

function movedSince(entry: Entry, split: Split, seen: Seen): Parameters<typeof changedGuard>[0] {
  if (seen.revision === entry.modifyIndex) return 'no';
  if (seen.fingerprint !== undefined && seen.fingerprint !== fingerprintOf(entry)) return 'route';
  const same =
    split.destinations.length === seen.weights.length &&
    split.destinations.every(({ weight }, position) => weight === seen.weights[position]);
  if (!same) return 'weights';
  return seen.fingerprint === undefined ? 'unknown' : 'elsewhere';
}

/** The whole entry with other weights: Consul replaces entries as a whole. */
function withWeights(entry: Entry, wanted: readonly number[]): Readonly<Record<string, unknown>> {
  const lines = entry.content['Splits'] as readonly object[]; // read as a list of objects before
  return {
    ...entry.content,
    Splits: lines.map((line, position) => ({ ...line, Weight: wanted[position] ?? 0 })),
  };
}

function stepsOf(entry: Entry, wanted: readonly number[]): { forward: PatchStep[]; back: PatchStep[] } {
  const forward: PatchStep[] = [];
  const back: PatchStep[] = [];
  (linesOf(entry) ?? []).forEach(({ Weight }, position) => {
    const path = `/Splits/${position}/Weight`;
    const value = wanted[position] ?? 0;
    if (value === Weight) return;
    forward.push({ op: 'test', path, value: Weight }, { op: 'replace', path, value });
    back.push({ op: 'test', path, value }, { op: 'replace', path, value: Weight });
  });
  return { forward, back };
}

/** The entry as the review shows it, and as it is compared and written. */
export const yamlOf = (content: unknown): string =>
  stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });

/** The same write for a terminal, without the token. */
function copiesOf(
  registry: Registry,
  entry: Entry,
  after: unknown,
  patch: readonly PatchStep[],
): PlannedWrite['copies'] {
  const body = shellQuote(JSON.stringify(after));
  const index = entry.modifyIndex;
  const { route } = registry.api;
  const server = route.replace(/^at /, '');
  return {
    tool: 'consul',
    command: `consul config write -datacenter ${shellQuote(registry.datacenter)} -cas -modify-index ${index} - <<< ${body}`,
    curl: `curl --request PUT --header "X-Consul-Token: $CONSUL_HTTP_TOKEN" --data ${body} ${shellQuote(`${server}/v1/config?dc=${encodeURIComponent(registry.datacenter)}&cas=${index}`)}`,
    patch: JSON.stringify(patch, null, 2),
  };
}

const shellQuote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
