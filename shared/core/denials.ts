import { refusedSentence } from '../analysis/refusedSentence.ts';
import { deniedInLogs, type ProxyLine } from '../analysis/deniedInLogs.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import type { DenialSource } from '../connectors/kit/denials.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { DenialJudgement, DenialLog } from '../model/denial.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { VerdictSentence } from '../model/inspect.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { OneMap } from './oneMap.ts';
import { Refusal } from './refusal.ts';
import type { World } from './world.ts';

/** So many instances' proxies are asked, so many of the newest lines of each: one look, not a search. */
const mostInstances = 4;
const newestLines = 500;
const proxyContainer = 'istio-proxy';
const order: readonly DenialJudgement['outcome'][] = ['denied', 'maybe', 'unknown', 'admitted', 'unruled'];

/** What the policies of each system that knows the callee say of the call. */
export async function judgeDenials(
  { calleeId, callerId }: { readonly calleeId: string; readonly callerId: string },
  { oneMap }: { readonly oneMap: OneMap },
  signal: AbortSignal | undefined,
): Promise<{ judgements: DenialJudgement[]; problems: string[] }> {
  const places = oneMap.places(calleeId);
  if (places.length === 0) throw new Refusal('REFUSED', 'That service is not on the map any more.');
  const callers = oneMap.places(callerId);
  const isConnections = oneMap
    .graph()
    .calls.some(
      (call) =>
        call.calleeId === calleeId &&
        call.callerId === callerId &&
        call.protocols.length > 0 &&
        call.protocols.every((protocol) => protocol === 'tcp'),
    );
  const problems: string[] = [];
  const judgements = await Promise.all(
    places.map(({ service, connection }) => {
      const caller = callers.find((place) => place.connection.id === connection.id)?.service ?? null;
      return judgeIn(connection, service, caller, isConnections ? 'tcp' : 'http', signal, problems);
    }),
  );
  // What decides is told first.
  const sorted = judgements.flat().sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return { judgements: sorted, problems };
}

/** As one connection's sources say it. */
async function judgeIn(
  connection: LiveConnection,
  callee: GraphService,
  caller: GraphService | null,
  protocol: 'http' | 'tcp',
  signal: AbortSignal | undefined,
  problems: string[],
  isMeant: (source: DenialSource) => boolean = () => true,
): Promise<DenialJudgement[]> {
  const limit = until(connection, signal);
  const { namespace, name, hosts } = callee;
  const workloadsOf = ({ versions }: GraphService): string[] =>
    versions.flatMap(({ workloads }) => workloads);
  const told = await Promise.all(
    connection.sources.map(async ({ session: { denials } }) => {
      if (denials === undefined || !isMeant(denials)) return null;
      try {
        return await denials.judge(
          {
            callee: { namespace, name, hosts, workloads: workloadsOf(callee) },
            caller: caller && {
              namespace: caller.namespace,
              name: caller.name,
              workloads: workloadsOf(caller),
            },
            protocol,
          },
          limit,
        );
      } catch (thrown) {
        signal?.throwIfAborted();
        problems.push(sayError(thrown, 'Asking which policies are about this call'));
        return null;
      }
    }),
  );
  return told.filter((one) => one !== null);
}

/** More callers than this are told in the calls' own views. */
const mostTold = 4;
/** Below this a few 403s are everyday answers of an application. */
const leastTold = 0.01;

/** Who of a service's callers is refused and by which policy, for its verdict; asks nobody for anything. */
export async function refusedCallers(
  connection: LiveConnection,
  callee: GraphService,
  calls: readonly GraphCall[],
  world: World,
  signal: AbortSignal,
): Promise<VerdictSentence[]> {
  const folded = world.latest(connection)?.folded;
  const refused = calls
    .flatMap((call) => {
      // What nobody counts is asked for at the call itself; a verdict tells what was seen.
      const ratio = folded?.callSignals.get(call.id)?.forbiddenRatio ?? null;
      return call.calleeId === callee.id && ratio !== null && ratio >= leastTold ? [{ call, ratio }] : [];
    })
    .sort((a, b) => b.ratio - a.ratio)
    .slice(0, mostTold);
  return Promise.all(
    refused.map(async ({ call, ratio }) => {
      const caller = world.service(call.callerId) ?? null;
      const problems: string[] = [];
      const told = await judgeIn(
        connection,
        callee,
        caller,
        'http',
        signal,
        problems,
        ({ known }) => known === 'atOnce',
      );
      return refusedSentence(caller?.name ?? call.callerId, ratio, told, problems);
    }),
  );
}

/** Which policy refused whom how often, as the callee's proxies wrote it down; read because the operator asked. */
export async function readDenialLog(
  calleeId: string,
  { oneMap }: { readonly oneMap: OneMap },
  signal: AbortSignal | undefined,
): Promise<DenialLog> {
  const places = oneMap.places(calleeId);
  if (places.length === 0) throw new Refusal('REFUSED', 'That service is not on the map any more.');
  const problems: string[] = [];
  const lines: ProxyLine[] = [];
  let read = 0;
  let found = 0;
  for (const { service, connection } of places) {
    const limit = until(connection, signal);
    const { namespace, name, hosts } = service;
    for (const { session } of [...connection.sources]) {
      const { logs } = session;
      if (logs === undefined) continue;
      try {
        const instances = (await logs.instances({ namespace, name, hosts }, limit)).filter(({ containers }) =>
          containers.some((container) => container.name === proxyContainer),
        );
        found += instances.length;
        for (const instance of instances.slice(0, mostInstances)) {
          const of = { namespace: instance.namespace, instance: instance.name, container: proxyContainer };
          const how = { previous: false, follow: false, sinceAt: null, lines: newestLines };
          for await (const pieces of logs.read(of, how, limit))
            for (const piece of pieces) if (piece.kind === 'line') lines.push(piece);
          read += 1;
        }
      } catch (thrown) {
        signal?.throwIfAborted();
        problems.push(sayError(thrown, 'Reading the logs of its proxies'));
      }
    }
  }
  if (read === 0)
    return {
      state: 'unreadable',
      text:
        problems.length > 0
          ? 'The logs of its proxies cannot be read.'
          : 'No instance of it has a proxy of Istio’s whose log could be read.',
      denials: [],
      problems,
    };
  const { isLogged, denials } = deniedInLogs(lines);
  const looked = `the newest ${newestLines} lines of ${read}${read < found ? ` of ${found}` : ''} ${found === 1 ? 'proxy' : 'proxies'}`;
  return {
    state: isLogged ? 'read' : 'off',
    text: isLogged
      ? denials.length === 0
        ? `No refusal by a policy is among ${looked}.`
        : `Found in ${looked}.`
      : `Its proxies write no access log, or had nothing to write: none is among ${looked}. Istio writes one where the mesh’s accessLogFile or a Telemetry says so.`,
    denials,
    problems,
  };
}

const until = (at: LiveConnection, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined ? at.closed : anySignal([at.closed, signal]);
