import { z } from 'zod';

export const Settings = z.object({
  /** Command centres by application; one does not tell whose it is. */
  centres: z.array(z.object({ app: z.string(), address: z.string() })).min(1),
});
export type SentinelSettings = z.infer<typeof Settings>;

/** What the operator types: an application and an address on each line. A command centre asks for no credentials. */
export const Form = z
  .object({
    centres: z
      .string()
      .superRefine((text, context) => {
        const odd = linesOf(text).find((line) => centreIn(line) === null);
        if (linesOf(text).length === 0)
          context.addIssue({ code: 'custom', message: 'give at least one application with an address' });
        else if (odd !== undefined)
          context.addIssue({
            code: 'custom',
            message: `“${odd.slice(0, 80)}” is not an application’s name and an http or https address`,
          });
      })
      .meta({
        title: 'Command centres',
        description:
          'One a line: the application’s name, which its command centre does not tell, and the address. A name that stands for several addresses means an instance at each. Instances that do not answer yet may be named too.',
        examples: ['order http://10.1.2.3:8719'],
        kind: 'lines',
      }),
  })
  .transform(({ centres }): SentinelSettings => ({
    centres: linesOf(centres).flatMap((line) => centreIn(line) ?? []),
  }));

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function centreIn(line: string): SentinelSettings['centres'][number] | null {
  const [app, address, ...more] = line.split(/\s+/);
  if (app === undefined || address === undefined || more.length > 0) return null;
  if (app.length > 200 || !/^https?:$/.test(URL.parse(address)?.protocol ?? '')) return null;
  return { app, address: address.replace(/\/+$/, '') };
}
