import { z } from 'zod';

/** What an instance says of its own health. */
export interface Health {
  readonly status: string;
  /** Every component that is not UP, by its path: "db", "discoveryComposite/eureka". */
  readonly troubled: readonly { readonly path: string; readonly status: string; readonly detail: string }[];
  /** How many instances of each application its discovery client has now; null where it does not show that. */
  readonly clientView: ReadonlyMap<string, number> | null;
}

interface Node {
  readonly status?: string | undefined;
  readonly details?: Record<string, unknown> | null | undefined;
  readonly components?: Record<string, Node> | null | undefined;
}

const Node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    status: z.string().max(100).optional(),
    details: z.record(z.string(), z.unknown()).nullish(),
    components: z.record(z.string(), Node).nullish(),
  }),
);

/** Null where it is no health at all. Breakers are left out: their state never shows in health's own status. */
export function readHealth(body: unknown): Health | null {
  const read = Node.safeParse(body);
  if (!read.success || read.data.status === undefined) return null;
  const troubled: Health['troubled'][number][] = [];
  let clientView: Health['clientView'] = null;
  const walk = (node: Node, path: string): void => {
    for (const [name, child] of Object.entries(node.components ?? {})) {
      const at = path === '' ? name : `${path}/${name}`;
      if (name === 'circuitBreakers') continue;
      if (name === 'eureka') clientView = viewOf(child) ?? clientView;
      if (child.components === null || child.components === undefined) {
        if (child.status !== undefined && child.status !== 'UP')
          troubled.push({ path: at, status: child.status, detail: sayDetails(child) });
      } else walk(child, at);
    }
  };
  walk(read.data, '');
  return { status: read.data.status, troubled, clientView };
}

/** Spring Cloud's indicator counts what the client's own copy of the registry holds, which is only those that are UP. */
function viewOf({ details }: Node): Health['clientView'] {
  const counts = z.record(z.string(), z.number().int().nonnegative()).safeParse(details?.['applications']);
  return counts.success ? new Map(Object.entries(counts.data)) : null;
}

const sayDetails = ({ details }: Node): string => {
  const said = details?.['error'] ?? details?.['message'];
  return typeof said === 'string' ? said.replaceAll(/\s+/g, ' ').slice(0, 300) : '';
};
