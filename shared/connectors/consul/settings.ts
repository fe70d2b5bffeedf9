import { z } from 'zod';
import { parseRanges } from '../http/ranges.ts';
import { address, authority, Header, headerLines, headersIn } from '../http/typedFields.ts';

export const Settings = z.object({
  /** "http://127.0.0.1:8500"; a path before /v1 is kept. */
  address: z.string(),
  token: z.string().optional(),
  /** A certificate authority in PEM form, where it is not one of the system's. */
  authority: z.string().optional(),
  /** The certificate is not looked at. */
  skipVerify: z.boolean().optional(),
  /** The agent's own when absent. */
  datacenter: z.string().optional(),
  /** Consul Enterprise only. */
  namespace: z.string().optional(),
  partition: z.string().optional(),
  /** A Prometheus that scrapes the sidecars. */
  prometheus: z.object({ url: z.string(), headers: z.array(Header) }).optional(),
  /** Ranges of addresses to which what is registered may lead: admin endpoints of sidecars. */
  mayLeadTo: z.string().optional(),
});
export type ConsulSettings = z.infer<typeof Settings>;

const name = z.string().regex(/^[\w.-]+$/, 'holds characters that no such name has');

/** What the operator types to open one data centre by hand. */
export const Form = z
  .object({
    address: address.meta({
      title: 'Address',
      description: 'Of an agent or a server of the data centre; a path before /v1 is kept.',
      examples: ['https://consul.example.com:8501'],
      kind: 'address',
    }),
    token: z.string().optional().meta({
      title: 'Token',
      description: 'Sent as X-Consul-Token. Without one you are anonymous.',
      kind: 'secret',
    }),
    datacenter: name.optional().meta({
      title: 'Data centre',
      description: 'The agent’s own if left empty.',
      examples: ['dc1'],
    }),
    namespace: name.optional().meta({
      title: 'Namespace',
      description: 'Consul Enterprise only.',
    }),
    partition: name.optional().meta({
      title: 'Partition',
      description: 'Consul Enterprise only.',
    }),
    authority,
    skipVerify: z.stringbool().optional().meta({
      title: 'Do not verify the certificate',
      description: 'Everybody on the way can then read the token and change what is sent.',
      kind: 'switch',
    }),
    prometheus: address.optional().meta({
      title: 'Prometheus',
      description: 'One that scrapes the sidecars: rates, errors, latency and proof by traffic come from it.',
      examples: ['http://prometheus.example.com:9090'],
      kind: 'address',
    }),
    prometheusHeaders: headerLines.optional().meta({
      title: 'Headers for Prometheus',
      description: 'One a line, sent to Prometheus alone.',
      examples: ['Authorization: Bearer …'],
      kind: 'secretLines',
    }),
    mayLeadTo: z
      .string()
      .superRefine((text, context) => {
        try {
          parseRanges(text);
        } catch (error) {
          context.addIssue({
            code: 'custom',
            message: error instanceof Error ? error.message : 'is no range',
          });
        }
      })
      .optional()
      .meta({
        title: 'May lead to',
        description:
          'Addresses of sidecars’ admin endpoints that Podium may ask, where they are registered with the service (envoy-admin-address). Nothing else is asked.',
        examples: ['10.0.0.0/8:19000'],
        kind: 'lines',
      }),
  })
  .superRefine(({ prometheus, prometheusHeaders }, context) => {
    if (prometheusHeaders !== undefined && prometheus === undefined)
      context.addIssue({
        code: 'custom',
        path: ['prometheus'],
        message: 'headers were given for it, and no address',
      });
  })
  .transform(({ prometheus, prometheusHeaders, ...rest }): ConsulSettings =>
    Settings.parse({
      ...rest,
      ...(prometheus === undefined
        ? {}
        : { prometheus: { url: prometheus, headers: headersIn(prometheusHeaders ?? '') } }),
    }),
  );
