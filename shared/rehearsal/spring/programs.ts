import type { Random } from '../traffic/random.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { SimulatedGateway } from './gateway.ts';
import { createMeters, type Meters, outcomeOf } from './meters.ts';
import { type CornerCall, type CornerInstance, type CornerService, partnerRules } from './partners.ts';

/** One instance's program: what it counts, and its breakers. */
export interface Program {
  readonly service: CornerService;
  readonly instance: CornerInstance;
  readonly breakers: Map<string, Breaker>;
  readonly meters: Meters;
  /** Where the routes of a gateway lead; set once it is known where its instances listen. */
  gateway?: SimulatedGateway;
  /** "http://127.0.0.1:8080", once it is known. */
  address?: string;
  /** Instances that its discovery client has as UP. */
  view: ReadonlySet<string>;
}

/** Programs that call each other, as far as somebody looks: time passes for them when they are asked, and only then. */
export interface Programs {
  readonly all: readonly Program[];
  add(service: CornerService, instance: CornerInstance): Program;
  /** Services that fail most of their requests. */
  readonly failing: Set<string>;
  /** Lets the time pass that has gone by since the last time. */
  settle(at: number): void;
}

const stepMs = 250;
/** What is longer ago than this is made up in a few large steps: nobody looks that closely. */
const closelyMs = 60_000;
const stepsOfOld = 24;
/** Of the calls of one step so many are followed one by one; each stands for its share of all. */
const mostFollowed = 24;
/** How often discovery clients fetch the registry; Spring's own default is 30 s. */
const fetchMs = 5_000;
const failingRatio = 0.85;

export function createPrograms(options: {
  readonly random: Random;
  readonly now: () => number;
  readonly startAt: number;
  /** How busy everything is, 1 being as usual. */
  readonly demand: () => number;
  /** Instances that the registry calls UP now. */
  readonly listed: () => ReadonlySet<string>;
}): Programs {
  const { random, now, demand, listed } = options;
  const all: Program[] = [];
  const failing = new Set<string>();
  const owed = new Map<string, number>();
  let last = options.startAt;
  let fetchedAt = Number.NEGATIVE_INFINITY;

  /** Whole calls of a share that may be less than one; what is left over is owed. */
  function whole(key: string, amount: number): number {
    const due = (owed.get(key) ?? 0) + amount;
    const calls = Math.floor(due);
    owed.set(key, due - calls);
    return calls;
  }

  const failRatio = (name: string, usual: number): number => (failing.has(name) ? failingRatio : usual);

  /** Notes calls of one kind, of which so many failed. */
  function note(
    { meters }: Program,
    name: string,
    tags: Readonly<Record<string, string>>,
    calls: { readonly good: number; readonly bad: number; readonly medianMs: number },
    at: number,
  ): void {
    const seconds = (calls.medianMs / 1_000) * (1.1 + 0.2 * random.next());
    for (const [status, count, exception] of [
      [200, calls.good, 'none'],
      [500, calls.bad, 'InternalServerError'],
    ] as const)
      meters.time(
        name,
        { exception, error: exception, outcome: outcomeOf(status), status: String(status), ...tags },
        { calls: count, totalSeconds: count * seconds, maxSeconds: seconds * (2.5 + 3 * random.next()) },
        at,
      );
  }

  /** How many of these calls reach whom they are for. */
  function call(program: Program, { to, host, method, uri, ...one }: CornerCall, calls: number, at: number) {
    const callees = all.filter(({ service }) => service.name === to);
    const callee = callees[0]?.service;
    const medianMs = one.medianMs ?? callee?.medianMs ?? 10;
    // Where no instance is left, its discovery client has nobody to call.
    const isThere = callee === undefined || callees.some(({ instance }) => program.view.has(instance.id));
    const ratio = isThere ? failRatio(to, callee?.errorRatio ?? 0.0001) : 1;
    const breaker = program.breakers.get(to);
    const followed = Math.min(calls, mostFollowed);
    let good = 0;
    let bad = 0;
    for (let index = 0; index < followed; index += 1) {
      if (breaker?.permits(at) === false) continue;
      const error = random.next() < ratio ? '500 Internal Server Error' : null;
      breaker?.record({ at, durationMs: Math.round(medianMs), error });
      if (error === null) good += 1;
      else bad += 1;
    }
    const each = followed === 0 ? 0 : calls / followed;
    const key = `${program.instance.id} ${to}`;
    const reached = {
      good: whole(`${key} good`, good * each),
      bad: whole(`${key} bad`, bad * each),
      medianMs,
    };
    note(program, 'http.client.requests', { 'client.name': host, method, uri }, reached, at);
    return reached.good + reached.bad;
  }

  function step(at: number, ms: number): void {
    const incoming = new Map<string, number>();
    const directed = new Map<string, number>();
    for (const [name, programs] of Map.groupBy(all, ({ service }) => service.name)) {
      const [first] = programs;
      if (first === undefined) continue;
      const { service } = first;
      const requests = (service.requestsPerSecond * demand() * ms) / 1_000 + (incoming.get(name) ?? 0);
      // Who calls it goes by the same copy of the registry, and leaves out one that refuses connections.
      const serving = programs.filter(({ instance, view }) => view.has(instance.id));
      const weights = serving.reduce((sum, { instance }) => sum + (instance.weight ?? 1), 0);
      for (const program of serving) {
        const { id, weight = 1 } = program.instance;
        const calls = whole(id, (requests * weight) / weights) + (directed.get(program.address ?? '') ?? 0);
        const bad = whole(`${id} failed`, calls * failRatio(name, service.errorRatio));
        for (const one of service.calls) {
          const reached = call(program, one, whole(`${id} to ${one.to}`, calls * one.perRequest), at);
          const { gateway } = program;
          if (gateway === undefined || service.divides?.to !== one.to)
            incoming.set(one.to, (incoming.get(one.to) ?? 0) + reached);
          else
            for (const [address, sent] of gateway.sendMany(service.divides.path, reached, 200))
              directed.set(address, (directed.get(address) ?? 0) + sent);
        }
        const { method, uri, medianMs } = service;
        const taken = { good: calls - bad, bad, medianMs };
        note(program, 'http.server.requests', { method, uri }, taken, at);
      }
    }
  }

  function pass(at: number, steps: number): void {
    const from = last;
    const ms = (at - from) / steps;
    for (let index = 1; index <= steps; index += 1) step(from + index * ms, ms);
    last = at;
  }

  return {
    all,
    failing,
    add(service, instance) {
      const breakers = new Map(
        service.calls.map(({ to }): [string, Breaker] => [to, createBreaker(partnerRules)]),
      );
      const program = { service, instance, breakers, meters: createMeters(now), view: listed() };
      all.push(program);
      return program;
    },
    settle(at) {
      if (at - last < stepMs) return;
      if (at - fetchedAt >= fetchMs) {
        fetchedAt = at;
        const view = listed();
        for (const program of all) program.view = view;
      }
      if (at - last > 2 * closelyMs) pass(at - closelyMs, stepsOfOld);
      pass(at, Math.floor((at - last) / stepMs));
    },
  };
}
