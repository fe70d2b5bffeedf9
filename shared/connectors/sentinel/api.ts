import { PeerError } from '../kit/peerError.ts';
import type { PeerAnswer, PeerRequest, Transport } from '../kit/transport.ts';
import { type Rule, readRules, type RuleType } from './rules.ts';

/** Whether rules that were set are kept beyond memory, as far as the answer says. */
export type Kept = 'taken' | 'memoryOnly';

/** The part of one instance's command centre that Podium uses; no other file knows its commands. Everything throws `PeerError`. */
export interface CommandCentre {
  readonly route: string;
  /** "1.8.8". */
  version(signal: AbortSignal): Promise<string>;
  /** Whether rules are checked at all. */
  isOn(signal: AbortSignal): Promise<boolean>;
  /** Null where it has none of this type: parameters are a part of its own. */
  rules(type: RuleType, signal: AbortSignal): Promise<readonly Rule[] | null>;
  /** Replaces the whole set of that type. It says `success` to rules that it drops as invalid, so what holds is for a reading to say. */
  setRules(type: RuleType, rules: readonly Rule[], signal: AbortSignal): Promise<Kept>;
  nodes(signal: AbortSignal): Promise<unknown>;
  tree(signal: AbortSignal): Promise<unknown>;
  /** Lines by second and resource; `from` and `to` in epoch ms of the instance. */
  metric(from: number, to: number, signal: AbortSignal): Promise<string>;
}

const timeoutMs = 5_000;
// A set of thousands of rules is smaller.
const maxBytes = 4 * 1024 * 1024;

/**
 * Speaks to one command centre, one request after the other: it has a thread for each processor and a queue of ten, and cuts
 * off whoever comes beside those (SimpleHttpCommandCenter).
 */
export function createCommandCentre(transport: Transport): CommandCentre {
  const { route } = transport;
  let turn: Promise<unknown> = Promise.resolve();

  function request(asked: Pick<PeerRequest, 'method' | 'path' | 'headers' | 'body' | 'signal'>) {
    const answer = turn.then(() => {
      asked.signal.throwIfAborted();
      return transport.request({ ...asked, timeoutMs, maxBytes });
    });
    turn = answer.catch(() => undefined);
    return answer;
  }

  async function get(tried: string, path: string, signal: AbortSignal): Promise<string> {
    const answer = await request({ method: 'GET', path, signal });
    return textOf(answer, tried, route);
  }

  async function json(tried: string, path: string, signal: AbortSignal): Promise<unknown> {
    return parse(await get(tried, path, signal), tried, route);
  }

  return {
    route,
    async version(signal) {
      const said = (await get('Asking the version', '/version', signal)).trim();
      if (/^\d+\.\d+[\w.-]{0,40}$/.test(said)) return said;
      throw new PeerError('notThePeer', `What answers ${route} is no command centre of Sentinel’s.`);
    },
    async isOn(signal) {
      const said = await get('Asking whether it is on', '/getSwitch', signal);
      const [, value] = /: ?(true|false)\s*$/.exec(said) ?? [];
      if (value !== undefined) return value === 'true';
      throw new PeerError(
        'notThePeer',
        `What answers ${route}/getSwitch is no command centre of Sentinel’s.`,
      );
    },
    async rules(type, signal) {
      const tried = `Reading ${type} rules`;
      const path = type === 'paramFlow' ? '/getParamFlowRules' : `/getRules?type=${type}`;
      const answer = await request({ method: 'GET', path, signal });
      if (answer.status === 400 && /unknown command|invalid type/i.test(answer.body)) return null;
      const rules = readRules(textOf(answer, tried, route));
      if (rules !== null) return rules;
      throw new PeerError(
        'notThePeer',
        `${tried} ${route}: the answer is no list of rules; is this a command centre of Sentinel’s?`,
      );
    },
    async setRules(type, rules, signal) {
      const command = type === 'paramFlow' ? 'setParamFlowRules' : 'setRules';
      const answer = await request({
        method: 'POST',
        path: `/${command}`,
        // Its own small server refuses every other kind of body (415).
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ type, data: JSON.stringify(rules) }).toString(),
        signal,
      });
      const said = textOf(answer, `Setting ${type} rules`, route).trim();
      if (said === 'success') return 'taken';
      // With status 200: the rules hold, and will not outlive the process, or the next push of the data source.
      if (/^partial success/i.test(said)) return 'memoryOnly';
      throw new PeerError(
        'refused',
        `Setting ${type} rules ${route}: it answers “${said.replaceAll(/\s+/g, ' ').slice(0, 120)}”.`,
      );
    },
    nodes: (signal) => json('Reading figures', '/clusterNode', signal),
    tree: (signal) => json('Reading what calls what', '/jsonTree', signal),
    metric: (from, to, signal) =>
      get('Reading the metric log', `/metric?startTime=${from}&endTime=${to}`, signal),
  };
}

function parse(body: string, tried: string, route: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new PeerError(
      'notThePeer',
      `${tried} ${route}: the answer is not JSON; is this a command centre of Sentinel’s?`,
      { cause },
    );
  }
}

function textOf({ status, body }: PeerAnswer, tried: string, route: string): string {
  if (status === 200) return body;
  const fail = (kind: PeerError['kind'], why: string): never => {
    throw new PeerError(kind, `${tried} ${route}: ${why} (${status}).`, { status });
  };
  switch (status) {
    case 401:
      return fail('unauthenticated', 'something before it asks for credentials');
    case 403:
      return fail('forbidden', 'something before it does not let this through');
    case 404:
      return fail('notThePeer', 'there is no such thing there; is this a command centre of Sentinel’s?');
    case 400:
      return fail('refused', `it refuses that: ${body.replaceAll(/\s+/g, ' ').slice(0, 120)}`);
    case 429:
    case 503:
      return fail('busy', 'it is busy');
    case 500:
      // The only answer it has to rules that it cannot read, too.
      return fail('broken', 'it fails and does not say why');
    default:
      return fail('broken', 'it answers with an error');
  }
}
