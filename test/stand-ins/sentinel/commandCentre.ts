import { type Answered, type Asked, serve, type Served } from '../../../shared/rehearsal/spring/server.ts';
import { loaded, type Rule, type RuleType, written } from './rules.ts';

/** One instance's command centre in memory, with the resources of its process; its answers are held against recordings. */
export interface SimulatedCentre extends Served {
  readonly rules: Record<RuleType, Rule[]>;
  /** How it misbehaves, if it does. */
  fault: 'fails' | 'hangs' | 'keepsOld' | 'memoryOnly' | 'stranger' | 'redirects' | null;
  isOn: boolean;
  /** Somebody who writes just before a write is taken. */
  intruder: (() => void) | null;
  /** Makes a call through these resources, each inside the one before; false where one blocks it. */
  call(path: readonly string[]): boolean;
}

interface Counts {
  pass: number;
  block: number;
}

const types: readonly string[] = ['flow', 'degrade', 'authority', 'system'];

export async function simulateCentre(port = 0): Promise<SimulatedCentre> {
  const rules: SimulatedCentre['rules'] = { flow: [], degrade: [], authority: [], system: [], paramFlow: [] };
  const settings: Pick<SimulatedCentre, 'fault' | 'isOn' | 'intruder'> = {
    fault: null,
    isOn: true,
    intruder: null,
  };
  const counts = new Map<string, Counts>();
  /** Which resource is entered inside which; the outermost in none. */
  const inside = new Map<string, string | null>();
  const seconds = new Map<number, Map<string, Counts>>();

  function count(resource: string, how: keyof Counts): void {
    const second = Math.floor(Date.now() / 1000) * 1000;
    const log = seconds.get(second) ?? new Map<string, Counts>();
    seconds.set(second, log);
    for (const tally of [counts, log]) {
      const one = tally.get(resource) ?? { pass: 0, block: 0 };
      tally.set(resource, { ...one, [how]: one[how] + 1 });
    }
  }

  const isBlocked = (resource: string): boolean =>
    settings.isOn &&
    rules.flow.some(
      (rule) =>
        rule['resource'] === resource && Number(rule['count']) === 0 && rule['limitApp'] === 'default',
    );

  const node = ([resource, { pass, block }]: [string, Counts]) => ({
    averageRt: 0,
    blockQps: block,
    exceptionQps: 0,
    oneMinuteBlock: block,
    oneMinuteException: 0,
    oneMinutePass: pass,
    oneMinuteTotal: pass + block,
    passQps: pass,
    resource,
    successQps: pass,
    threadNum: 0,
    timestamp: Date.now(),
    totalQps: pass + block,
  });

  function tree(): unknown {
    const root = { ...node(['machine-root', { pass: 0, block: 0 }]), id: 'root' };
    const context = { ...node(['web', { pass: 0, block: 0 }]), id: 'web', parentId: 'root' };
    const branches = [...inside].map(([resource, outer]) => ({
      ...node([resource, counts.get(resource) ?? { pass: 0, block: 0 }]),
      id: `of ${resource}`,
      parentId: outer === null ? 'web' : `of ${outer}`,
    }));
    return [root, context, ...branches];
  }

  const text = (said: string, status = 200): Answered => ({ status, text: said });

  function setRules(type: string, data: string | null): Answered {
    if (type !== 'paramFlow' && !types.includes(type)) return text('invalid type', 400);
    if (settings.fault === 'keepsOld') return text('success');
    settings.intruder?.();
    let told: unknown;
    try {
      told = JSON.parse(data ?? 'null');
    } catch {
      return text('Command server error', 500);
    }
    rules[type as RuleType] = loaded(type as RuleType, Array.isArray(told) ? (told as Rule[]) : []);
    return text(settings.fault === 'memoryOnly' ? 'partial success (write data source failed)' : 'success');
  }

  function answer(request: Asked): Answered | null {
    const { path, method, headers } = request;
    if (settings.fault === 'hangs') return null;
    if (settings.fault === 'fails') return text('Command server error', 500);
    if (settings.fault === 'redirects')
      return { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } };
    if (settings.fault === 'stranger') return { status: 200, body: { hello: 'world' } };
    if (method === 'POST' && !(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
      return text('Only form-encoded post request is supported', 415);
    return command(
      path.slice(1),
      new URLSearchParams([...request.query, ...new URLSearchParams(request.body)]),
    );
  }

  function command(name: string, given: URLSearchParams): Answered {
    const type = given.get('type') ?? '';
    switch (name) {
      case 'version':
        return text('1.8.8');
      case 'basicInfo':
        return text('{\n\t"machine": "vm",\n\t"ip": "127.0.0.1"\n}');
      case 'getSwitch':
        return text(`Sentinel switch value: ${settings.isOn}`);
      case 'setSwitch':
        // Whatever is not "true" switches it off.
        settings.isOn = given.get('value') === 'true';
        return text(`Sentinel set switch value: ${given.get('value')}`);
      case 'clusterNode':
        return text(JSON.stringify([...counts].map(node)));
      case 'jsonTree':
        return text(JSON.stringify(tree()));
      case 'metric':
        return text(metric(Number(given.get('startTime')), Number(given.get('endTime'))));
      case 'getRules':
        return types.includes(type) ? text(written(rules[type as RuleType])) : text('invalid type', 400);
      case 'getParamFlowRules':
        return text(written(rules.paramFlow));
      case 'setRules':
        return setRules(type === 'paramFlow' ? '' : type, given.get('data'));
      case 'setParamFlowRules':
        return setRules('paramFlow', given.get('data'));
      case '':
        return text('Invalid command', 400);
      default:
        return text(`Unknown command \`${name}\``, 400);
    }
  }

  function metric(from: number, to: number): string {
    const lines = [...seconds].flatMap(([second, log]) =>
      second < from || second > to
        ? []
        : [...log].map(
            ([resource, { pass, block }]) => `${second}|${resource}|${pass}|${block}|${pass}|0|1|0|0|0`,
          ),
    );
    return lines.map((line) => `${line}\n`).join('');
  }

  const served = await serve(answer, port);
  return Object.assign(settings, {
    port: served.port,
    asked: served.asked,
    rules,
    call(path: readonly string[]) {
      for (const [at, resource] of path.entries()) {
        if (!inside.has(resource)) inside.set(resource, path[at - 1] ?? null);
        const blocked = isBlocked(resource);
        count(resource, blocked ? 'block' : 'pass');
        if (blocked) return false;
      }
      return true;
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  });
}
