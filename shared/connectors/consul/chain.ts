import { z } from 'zod';
import type { Entry } from './entries.ts';
import { linesOf } from './splits.ts';

const shape = z.object({
  Chain: z.object({
    Protocol: z.string().default('tcp'),
    StartNode: z.string().default(''),
    Nodes: z.record(
      z.string(),
      z.object({
        Type: z.string(),
        Name: z.string().default(''),
        Splits: z.array(z.object({ Weight: z.number().default(0) })).nullish(),
      }),
    ),
  }),
});

/** What the compiled discovery chain makes of a splitter. */
export type Compiled =
  | { readonly kind: 'as declared'; readonly behindRouter: boolean }
  | { readonly kind: 'other weights'; readonly weights: readonly number[] }
  | { readonly kind: 'without it'; readonly protocol: string }
  | { readonly kind: 'unreadable' };

/** Compares the chain of a service with its splitter: what Consul sends to proxies is the chain. */
export function compare(body: unknown, entry: Entry): Compiled {
  const chain = shape.safeParse(body).data?.Chain;
  const lines = linesOf(entry);
  if (chain === undefined || lines === null) return { kind: 'unreadable' };
  const node = Object.values(chain.Nodes).find(
    ({ Type, Name }) => Type === 'splitter' && Name.startsWith(`${entry.name}.`),
  );
  if (node === undefined) return { kind: 'without it', protocol: chain.Protocol };
  const compiled = (node.Splits ?? []).map(({ Weight }) => Weight);
  const declared = lines.map(({ Weight }) => Weight);
  // A target that is itself split is compiled into its parts: then only the sum can be compared.
  const same =
    compiled.length !== declared.length ||
    compiled.every((weight, i) => Math.abs(weight - (declared[i] ?? 0)) < 0.005);
  return same
    ? { kind: 'as declared', behindRouter: chain.StartNode.startsWith('router:') }
    : { kind: 'other weights', weights: compiled };
}

/** For the detail of the declared rung. */
export function sayCompiled(compiled: Compiled): string {
  switch (compiled.kind) {
    case 'as declared':
      return compiled.behindRouter
        ? 'The discovery chain holds it behind a router: only calls that the router sends here are divided so.'
        : 'The discovery chain, which Consul sends to proxies, divides calls so.';
    case 'other weights':
      return `The discovery chain still divides ${compiled.weights.join(' / ')}.`;
    case 'without it':
      return `The discovery chain (${compiled.protocol}) does not hold it: no proxy gets these weights.`;
    case 'unreadable':
      return 'The discovery chain could not be read.';
  }
}
