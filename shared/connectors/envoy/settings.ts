import { z } from 'zod';

export const Settings = z.object({
  /** Admin endpoints that the operator named, each an http or https address. */
  addresses: z.array(z.string()).default([]),
  /** Ranges within which those lie that a registry told of. */
  mayLeadTo: z.string().default(''),
  /**
   * They are asked at the start, about a change, and those of its callers while a trip is held, and at no other time: each
   * asking costs others something.
   */
  onlyProof: z.boolean().default(false),
});

/** What the operator types to open admin endpoints by hand. */
export const Form = z
  .object({
    addresses: z
      .string()
      .superRefine((text, context) => {
        const lines = linesOf(text);
        const odd = lines.find((line) => !/^https?:$/.test(URL.parse(line)?.protocol ?? ''));
        if (odd !== undefined || lines.length === 0)
          context.addIssue({ code: 'custom', message: 'give each as http:// or https://, one a line' });
      })
      .meta({
        title: 'Admin endpoints',
        description:
          'Of sidecars or gateways, one a line. Podium reads them, and sets limits there for trips alone.',
        examples: ['http://127.0.0.1:19000'],
        kind: 'lines',
      }),
  })
  .transform(({ addresses }) => ({ addresses: linesOf(addresses), mayLeadTo: '', onlyProof: false }));

const linesOf = (text: string): string[] => text.split(/\s+/).filter((line) => line !== '');
