import { z } from 'zod';
import { address, authority } from '../http/typedFields.ts';

export const Settings = z.object({
  /** "http://10.0.0.1:8848"; without a path `/nacos` is meant, where Nacos has its API unless it was told otherwise. */
  address: z.string(),
  user: z.string().optional(),
  password: z.string().optional(),
  /** Ids of the namespaces to look at; all when absent. */
  namespaces: z.array(z.string()).optional(),
  /** The one group to look at; all when absent (Nacos 2 lists services of one group only: there it is DEFAULT_GROUP). */
  group: z.string().optional(),
  /** A certificate authority in PEM form, where it is not one of the system's. */
  authority: z.string().optional(),
  /** The certificate is not looked at. */
  skipVerify: z.boolean().optional(),
});
export type NacosSettings = z.infer<typeof Settings>;

const namespaceIds = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((id) => id.trim())
    .filter((id) => id !== '');

/** What the operator types to open one server by hand. */
export const Form = z
  .object({
    address: address.meta({
      title: 'Address',
      description:
        'Of the server’s API, which is on port 8848 unless it was told otherwise, not of its console. Without a path, /nacos is meant.',
      examples: ['http://nacos.example.com:8848'],
      kind: 'address',
    }),
    user: z
      .string()
      .optional()
      .meta({
        title: 'User',
        description:
          'Nacos 3 lets administrators alone read and change through its API, unless told otherwise.',
        examples: ['nacos'],
      }),
    password: z.string().optional().meta({
      title: 'Password',
      description: 'Exchanged for a token that expires; only the token is sent after that.',
      kind: 'secret',
    }),
    namespaces: z
      .string()
      .refine((text) => namespaceIds(text).every((id) => /^[\w.-]{1,128}$/.test(id)), 'one of them is no id')
      .optional()
      .meta({
        title: 'Namespaces',
        description: 'Their ids, with commas between; all if left empty. The default one is “public”.',
        examples: ['public, 7a1f…'],
      }),
    group: z
      .string()
      .regex(/^[\w.:-]{1,128}$/, 'holds characters that no group has')
      .optional()
      .meta({
        title: 'Group',
        description: 'All if left empty; of Nacos 2, whose API lists one group at a time, DEFAULT_GROUP.',
        examples: ['DEFAULT_GROUP'],
      }),
    authority,
    skipVerify: z.stringbool().optional().meta({
      title: 'Do not verify the certificate',
      description: 'Everybody on the way can then read the password and change what is sent.',
      kind: 'switch',
    }),
  })
  .superRefine(({ user, password }, context) => {
    if (user === undefined && password !== undefined)
      context.addIssue({ code: 'custom', path: ['user'], message: 'a password was given, and no user' });
    if (user !== undefined && password === undefined)
      context.addIssue({ code: 'custom', path: ['password'], message: 'a user was given, and no password' });
  })
  .transform(({ namespaces, ...rest }): NacosSettings => {
    const ids = namespaceIds(namespaces ?? '');
    return Settings.parse({ ...rest, ...(ids.length === 0 ? {} : { namespaces: ids }) });
  });
