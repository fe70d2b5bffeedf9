import { type Answered, type Asked, serve, type Served } from '../spring/server.ts';
import { flawOfPattern, holds, readFilter, type SimMatcher } from './matching.ts';
import type { AlertmanagerState, PostedAlert, SimAlert, SimSilence } from './state.ts';

/** The Alertmanager version whose manners are followed. */
const followedVersion = '0.25.0';

/** Serves Alertmanager's API v2 on loopback, at a port that is free unless one is named. */
export function startAlertmanager(state: AlertmanagerState, port = 0): Promise<Served> {
  return serve((asked) => answer(asked, state), port);
}

/** Answers one request; paths are those below the root. */
export function answer(asked: Asked, state: AlertmanagerState): Answered {
  const { method, path } = asked;
  const id = /^\/api\/v2\/silence\/([^/]+)$/.exec(path)?.[1];
  if (id !== undefined) return ofSilence(method, id, state);
  switch (`${method} ${path}`) {
    case 'GET /-/ready':
      return { status: 200, text: 'OK' };
    case 'GET /api/v2/status':
      return { status: 200, body: status(state) };
    case 'GET /api/v2/alerts':
      return listAlerts(asked, state);
    case 'POST /api/v2/alerts':
      return postAlerts(asked, state);
    case 'GET /api/v2/silences':
      return { status: 200, body: sorted(state).map((one) => silenceView(one, state)) };
    case 'POST /api/v2/silences':
      return postSilence(asked, state);
    default:
      return { status: 404, body: { code: 404, message: `path ${path} was not found` } };
  }
}

const time = (at: number): string => new Date(at).toISOString();

const status = (state: AlertmanagerState) => ({
  cluster: { peers: [], status: 'disabled' },
  config: { original: '' },
  uptime: time(state.now()),
  versionInfo: {
    branch: 'rehearsal',
    buildDate: '',
    buildUser: 'podium',
    goVersion: '',
    revision: 'rehearsal',
    version: followedVersion,
  },
});

function listAlerts({ query }: Asked, state: AlertmanagerState): Answered {
  const filters: SimMatcher[] = [];
  for (const text of query.getAll('filter')) {
    const read = readFilter(text);
    if (read === null) return { status: 400, body: `bad matcher format: ${text}` };
    filters.push(read);
  }
  const alerts = state.alerts().filter(({ labels }) => filters.every((one) => holds(one, labels)));
  return { status: 200, body: alerts.map((alert) => alertView(alert, state)) };
}

function alertView(alert: SimAlert, state: AlertmanagerState): object {
  const { annotations, labels, fingerprint, generatorURL } = alert;
  const [silencedBy, inhibitedBy] = [state.silencedBy(alert), state.inhibitedBy(alert)];
  const isSuppressed = silencedBy.length + inhibitedBy.length > 0;
  return {
    annotations,
    endsAt: time(alert.endsAt),
    fingerprint,
    receivers: [{ name: 'nobody' }],
    startsAt: time(alert.startsAt),
    status: { inhibitedBy, silencedBy, state: isSuppressed ? 'suppressed' : 'active' },
    updatedAt: time(alert.updatedAt),
    ...(generatorURL === '' ? {} : { generatorURL }),
    labels,
  };
}

function postAlerts({ body }: Asked, state: AlertmanagerState): Answered {
  const posted = parsed(body) as readonly PostedAlert[] | undefined;
  if (!Array.isArray(posted))
    return { status: 400, body: { code: 400, message: 'parsing alerts body failed' } };
  if (posted.some(({ labels }: PostedAlert) => Object.keys(labels).length === 0))
    return { status: 400, body: 'at least one label pair required' };
  state.post(posted);
  return { status: 200 };
}

const stateOf = ({ startsAt, endsAt }: SimSilence, now: number): 'active' | 'pending' | 'expired' =>
  endsAt <= now ? 'expired' : startsAt > now ? 'pending' : 'active';

/** Active ones first, and within each state those that end first. */
function sorted(state: AlertmanagerState): readonly SimSilence[] {
  const order = ['active', 'pending', 'expired'];
  const rank = (one: SimSilence): number => order.indexOf(stateOf(one, state.now()));
  return state.silences().toSorted((a, b) => rank(a) - rank(b) || a.endsAt - b.endsAt);
}

const silenceView = (silence: SimSilence, state: AlertmanagerState): object => ({
  id: silence.id,
  status: { state: stateOf(silence, state.now()) },
  updatedAt: time(silence.updatedAt),
  comment: silence.comment,
  createdBy: silence.createdBy,
  endsAt: time(silence.endsAt),
  matchers: silence.matchers.map(({ isEqual, isRegex, name, value }) => ({ isEqual, isRegex, name, value })),
  startsAt: time(silence.startsAt),
});

function ofSilence(method: string, id: string, state: AlertmanagerState): Answered {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    return {
      status: 422,
      body: { code: 601, message: `silenceID in path must be of type uuid: ${JSON.stringify(id)}` },
    };
  const silence = state.silence(id);
  if (method === 'DELETE') {
    if (silence === undefined) return { status: 500, body: 'silence not found' };
    state.expire(id);
    return { status: 200 };
  }
  return silence === undefined ? { status: 404 } : { status: 200, body: silenceView(silence, state) };
}

interface PostedSilence {
  readonly id?: string;
  readonly matchers?: readonly (Omit<SimMatcher, 'isEqual'> & Partial<SimMatcher>)[];
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly createdBy?: string;
  readonly comment?: string;
}

function postSilence({ body }: Asked, state: AlertmanagerState): Answered {
  const posted = parsed(body) as PostedSilence | undefined;
  if (typeof posted !== 'object')
    return {
      status: 400,
      body: { code: 400, message: 'parsing silence body from "" failed, because of its JSON' },
    };
  const { id: of = '', matchers = [], startsAt, endsAt, createdBy, comment } = posted;
  for (const [name, value] of Object.entries({ startsAt, endsAt, createdBy, comment }))
    if (value === undefined)
      return { status: 422, body: { code: 602, message: `${name} in body is required` } };
  if (matchers.length === 0)
    return { status: 422, body: { code: 612, message: 'matchers in body should have at least 1 items' } };
  const [from, until] = [Date.parse(startsAt ?? ''), Date.parse(endsAt ?? '')];
  if (until <= from)
    return { status: 400, body: 'Failed to create silence: start time must be before end time' };
  if (until <= state.now())
    return { status: 400, body: "Failed to create silence: end time can't be in the past" };
  for (const [index, { value, isRegex }] of matchers.entries()) {
    const flaw = isRegex ? flawOfPattern(value) : null;
    if (flaw !== null)
      return {
        status: 400,
        body: `silence invalid: invalid label matcher ${index}: invalid regular expression ${JSON.stringify(value)}: ${flaw}`,
      };
  }
  if (matchers.every((one) => holds({ ...one, isEqual: one.isEqual ?? true }, {})))
    return { status: 400, body: 'silence invalid: at least one matcher must not match the empty string' };
  const known = of === '' ? undefined : state.silence(of);
  if (of !== '' && known === undefined) return { status: 404, body: 'silence not found' };
  const silence = {
    matchers: matchers.map(({ name, value, isRegex, isEqual = true }) => ({ name, value, isRegex, isEqual })),
    startsAt: from,
    endsAt: until,
    createdBy: createdBy ?? '',
    comment: comment ?? '',
  };
  const id = known === undefined ? state.add(silence) : state.change(of, silence);
  return { status: 200, body: { silenceID: id } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
