import { parseArgs } from 'node:util';

/** What the rehearsal was asked for. */
export interface Wanted {
  /** How many services; null for the shop. */
  readonly services: number | null;
  readonly seed: number;
  readonly historyMinutes: number;
  /** Whether the shop opens without its incidents: they come only when they are asked for. */
  readonly calm: boolean;
  /** Whether the shop has a second data centre, behind Consul's API. */
  readonly withConsul: boolean;
  /** Whether partners of the shop have services of their own, in Eureka. */
  readonly withSpring: boolean;
  /** Whether a department of the shop's has services without a mesh. */
  readonly withAccounts: boolean;
  /** Whether the cluster serves the Gateway API, and one of the shop's services is divided by it. */
  readonly withGatewayApi: boolean;
  /** A real API server whose routes and rules steer this fleet's traffic. */
  readonly follow: {
    readonly url: string;
    readonly token: string | null;
    readonly caFile: string | null;
    readonly certFile: string | null;
    readonly keyFile: string | null;
  } | null;
}

const usage =
  'usage: main.ts [--services n] [--seed n] [--history minutes] [--calm] [--with-consul] [--with-spring] [--with-accounts] [--with-gateway-api] [--follow url [--token t] [--ca file] [--cert file --key file]]';

/** Reads the command line; throws with the usage when it is wrong. */
export function readCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      services: { type: 'string' },
      seed: { type: 'string' },
      history: { type: 'string' },
      calm: { type: 'boolean' },
      'with-consul': { type: 'boolean' },
      'with-spring': { type: 'boolean' },
      'with-accounts': { type: 'boolean' },
      'with-gateway-api': { type: 'boolean' },
      follow: { type: 'string' },
      token: { type: 'string' },
      ca: { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
    },
  });
  const services = values.services === undefined ? null : whole('services', values.services, 3, 5_000);
  const { follow } = values;
  // A real API server that is followed, or a generated fleet, has no shop that calls others.
  const isShop = services === null && follow === undefined;
  return {
    services,
    seed: whole('seed', values.seed ?? environment['PODIUM_SEED'] ?? '1', 0, 4_294_967_295),
    historyMinutes: whole('history', values.history ?? (services === null ? '60' : '10'), 0, 120),
    calm: values.calm ?? false,
    withConsul: (values['with-consul'] ?? false) && isShop,
    withSpring: (values['with-spring'] ?? false) && isShop,
    withAccounts: (values['with-accounts'] ?? false) && isShop,
    withGatewayApi: (values['with-gateway-api'] ?? false) && isShop,
    follow:
      follow === undefined
        ? null
        : {
            url: follow,
            // Other users of the machine can read a command line, so the token may come by the environment.
            token: values.token ?? environment['PODIUM_FOLLOW_TOKEN'] ?? null,
            caFile: values.ca ?? null,
            certFile: values.cert ?? null,
            keyFile: values.key ?? null,
          },
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`--${name} takes a whole number from ${least} to ${most}, not "${text}"\n${usage}`);
  }
  return value;
}
