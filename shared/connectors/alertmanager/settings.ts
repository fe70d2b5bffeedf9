import { z } from 'zod';

const Header = z.object({ name: z.string(), value: z.string() });

export const Settings = z.object({
  /** Null where a cluster leads to it. */
  address: z.string().nullable().default(null),
  headers: z.array(Header).default([]),
  /** A certificate authority in PEM form, where it is not one of the system's. */
  authority: z.string().optional(),
});
export type AlertmanagerSettings = z.infer<typeof Settings>;

/** What the operator types to open one by hand. */
export const Form = z
  .object({
    address: z
      .string()
      .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'give it as http:// or https://')
      .meta({
        title: 'Address',
        description:
          'Of Alertmanager, with its path where it is served below one. In a cluster it is found without.',
        examples: ['https://alertmanager.example.com'],
        kind: 'address',
      }),
    headers: z
      .string()
      .optional()
      .meta({
        title: 'Headers',
        description: 'One a line, sent to this address alone: it has no users of its own.',
        examples: ['Authorization: Bearer …'],
        kind: 'secretLines',
      }),
    authority: z
      .string()
      .includes('-----BEGIN CERTIFICATE-----', { error: 'is not in PEM form' })
      .optional()
      .meta({
        title: 'Certificate authority',
        description: 'In PEM form, where it is not one that this computer trusts already.',
        kind: 'lines',
      }),
  })
  .transform(({ address, headers = '', authority }): AlertmanagerSettings => ({
    address,
    headers: headersIn(headers),
    ...(authority === undefined ? {} : { authority }),
  }));

function headersIn(text: string): AlertmanagerSettings['headers'] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const at = line.indexOf(':');
    return { name: line.slice(0, Math.max(at, 0)).trim(), value: line.slice(at + 1).trim() };
  });
}
