import { z } from 'zod';
import { address, authority, Header, headerLines, headersIn } from '../http/typedFields.ts';

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
    address: address.meta({
      title: 'Address',
      description:
        'Of Alertmanager, with its path where it is served below one. In a cluster it is found without.',
      examples: ['https://alertmanager.example.com'],
      kind: 'address',
    }),
    headers: headerLines.optional().meta({
      title: 'Headers',
      description:
        'One a line. Alertmanager has no users of its own; what stands before it may ask for them.',
      examples: ['Authorization: Bearer …'],
      kind: 'secretLines',
    }),
    authority,
  })
  .transform(({ address, headers = '', authority }): AlertmanagerSettings => ({
    address,
    headers: headersIn(headers),
    ...(authority === undefined ? {} : { authority }),
  }));
