/** One check of the review. */
export interface GuardHelp {
  /** The ids it has; what ends with a dash begins ids that go on with a name. */
  readonly ids: readonly string[];
  readonly title: string;
  readonly what: string;
}

/** Every check that a review can show, by what it is about. */
export const guardHelp: readonly { readonly title: string; readonly guards: readonly GuardHelp[] }[] = [
  {
    title: 'Every change',
    guards: [
      {
        ids: ['dry-run'],
        title: 'Dry run',
        what: 'The API server tries it without keeping it; what it refuses is blocked.',
      },
      {
        ids: ['access'],
        title: 'Access',
        what: 'Whether these credentials may write it; else the right that is missing.',
      },
      {
        ids: ['ownership', 'not-ours'],
        title: 'Ownership',
        what: 'A controller or a repository that would put it back; blocked where it decides the value itself.',
      },
      {
        ids: ['changed', 'seen'],
        title: 'Changed meanwhile',
        what: 'Somebody changed it since you looked: compare the three versions first.',
      },
      {
        ids: ['expressions'],
        title: 'Expressions',
        what: 'A value that its reader may evaluate with all its rights: “#{…}”, “${jndi:…}”.',
      },
      {
        ids: ['journal-read-only'],
        title: 'Journal',
        what: 'Nothing is written that could not be noted before.',
      },
    ],
  },
  {
    title: 'Silences',
    guards: [
      {
        ids: ['silence-end'],
        title: 'Its end',
        what: 'A silence always ends by itself, whether Podium runs or not.',
      },
      {
        ids: ['silence-scope'],
        title: 'What it holds back',
        what: 'Which alerts it would silence right now, as Alertmanager says; none is worth a second look.',
      },
      {
        ids: ['silence-broad'],
        title: 'Too much at once',
        what: 'Conditions that hold back several different alerts, or most of what fires.',
      },
      {
        ids: ['silenced-already'],
        title: 'Silenced already',
        what: 'The same silence, or others that hold back the same alerts, are there already.',
      },
      {
        ids: ['clock'],
        title: 'Clock',
        what: 'Alertmanager’s clock differs from this computer’s; the silence is made by its clock.',
      },
    ],
  },
  {
    title: 'Configuration of Spring',
    guards: [
      {
        ids: ['config-file'],
        title: 'File of the Config Server',
        what: 'The file on this machine says just what the Config Server hands out; else it is not changed.',
      },
      {
        ids: ['overridden'],
        title: 'Stands above',
        what: 'Instances that have the property from elsewhere, so that the file changes nothing for them.',
      },
      {
        ids: ['shared-file'],
        title: 'Shared file',
        what: 'Several services get it, and all of their instances refresh.',
      },
      {
        ids: ['writable-environment', 'masked-overrides'],
        title: 'Overrides',
        what: 'Whether instances take them, and whether they can be taken back: Spring drops all of an instance at once, and what is masked could not be written back.',
      },
      {
        ids: ['instances-gone'],
        title: 'Not registered now',
        what: 'Instances that had it and are away: they keep it until they restart or refresh.',
      },
      {
        ids: ['loud-logger'],
        title: 'Loud loggers',
        what: 'What DEBUG and TRACE may write, and how much of it.',
      },
    ],
  },
  {
    title: 'Weights and trips',
    guards: [
      {
        ids: ['controllers'],
        title: 'Controllers',
        what: 'What the controllers of a route’s parents say of it as it is: accepted, references resolved, of which generation.',
      },
      {
        ids: ['mixed'],
        title: 'One kind of route',
        what: 'A VirtualService for the same service blocks: which of both kinds proxies follow is not defined; where VirtualServices cannot be read, that has to be ticked.',
      },
      { ids: ['sum'], title: 'Sum', what: 'The weights still add up to what they did.' },
      {
        ids: ['destinations', 'destination'],
        title: 'Destinations',
        what: 'Every version that gets calls exists and has ready instances.',
      },
      {
        ids: ['direction'],
        title: 'Direction',
        what: 'Away from harm is one confirmation; towards a failing version asks for the name in production.',
      },
      {
        ids: ['protocol'],
        title: 'Protocol',
        what: 'A route or a limit on requests acts only where the service is known to speak HTTP.',
      },
      {
        ids: ['breaker', 'instances'],
        title: 'Breakers in instances',
        what: 'How many instances have the breaker now, and which cannot be asked: those are set when they answer.',
      },
      {
        ids: ['proxies'],
        title: 'Proxies',
        what: 'How many of the callers’ proxies have a layer of their runtime that is set while they run.',
      },
      {
        ids: ['resource'],
        title: 'Resource',
        what: 'How many instances of an application were called for what is to be blocked.',
      },
      {
        ids: ['sentinel-off'],
        title: 'Switched off',
        what: 'Sentinel checks no rule in an instance until it is switched on again.',
      },
      {
        ids: ['memory-only'],
        title: 'In memory alone',
        what: 'It lives in single processes: a restart loses it, and the next push of a data source may overwrite it.',
      },
      { ids: ['chain'], title: 'In force', what: 'Whether the weights are what proxies get now.' },
      {
        ids: ['table'],
        title: 'Table of routes',
        what: 'Whether a gateway serves all that it stores: the next refresh loads the rest too, or fails as a whole.',
      },
      {
        ids: ['siblings'],
        title: 'Other routes',
        what: 'Other documents are for the same host: this one may be without effect.',
      },
      {
        ids: ['held-already', 'held'],
        title: 'Held',
        what: 'A trip or an injected fault governs these calls already.',
      },
      {
        ids: ['fallback', 'detour'],
        title: 'Fallback',
        what: 'Who is to answer is there, is ready, and is not failing itself.',
      },
      {
        ids: ['stand-in-intentions'],
        title: 'Let in',
        what: 'Intentions of whoever is to answer deny callers: they would get a 403 instead.',
      },
    ],
  },
  {
    title: 'Protections',
    guards: [
      { ids: ['zero-'], title: 'Zero', what: 'A value of 0 that means unlimited or never, not none.' },
      {
        ids: ['tries-do-not-fit'],
        title: 'Tries and time',
        what: 'The retries do not fit into the time-out.',
      },
      {
        ids: ['repeats-begun-requests'],
        title: 'Repeats',
        what: 'Requests that the service has begun are sent again.',
      },
      {
        ids: ['fault-on-route'],
        title: 'Injected faults',
        what: 'The peer ignores this while the route injects faults.',
      },
      {
        ids: ['replaces-', 'ports-'],
        title: 'Subsets and ports',
        what: 'Settings of a subset replace the rule’s; those of a port escape it.',
      },
      {
        ids: ['un-ejects'],
        title: 'Ejected instances',
        what: 'Those that are left out now get calls again at once.',
      },
      {
        ids: ['shadows', 'claims'],
        title: 'Same host',
        what: 'The new document would take the place of one that governs the host today.',
      },
      {
        ids: ['service-profile'],
        title: 'ServiceProfile',
        what: 'While one is there, Linkerd ignores annotations of the service, and its routes; blocked where all callers follow it.',
      },
      {
        ids: ['both-groups'],
        title: 'Routes of both groups',
        what: 'Linkerd takes its own HTTPRoutes and those of the Gateway API for one list; of equal matches the older route wins.',
      },
      {
        ids: ['route-level'],
        title: 'Service or route',
        what: 'A route with any retry or time-out of its own gets none of the Service’s (Linkerd).',
      },
      {
        ids: ['headless', 'linkerd-proxies'],
        title: 'Who follows it',
        what: 'Annotations are followed by the proxies of callers, and never for a Service without an address of its own.',
      },
      {
        ids: ['dropped'],
        title: 'Dropped',
        what: 'Linkerd drops annotations that it cannot read, all of their kind or the whole route, and tells nobody.',
      },
      {
        ids: ['http-routes'],
        title: 'HTTPRoutes',
        what: 'An HTTPRoute of the service would win, so this cannot be held here.',
      },
    ],
  },
  {
    title: 'Routes for some requests',
    guards: [
      { ids: ['shadowed'], title: 'Order of routes', what: 'An earlier route takes these requests first.' },
      { ids: ['gateways'], title: 'Gateways', what: 'No caller’s own proxy follows this document.' },
      {
        ids: ['mirrored-writes'],
        title: 'Copies are real',
        what: 'What a mirrored request does is done twice.',
      },
    ],
  },
  {
    title: 'Configuration and workloads',
    guards: [
      {
        ids: ['consumers', 'restart-'],
        title: 'Who reads it',
        what: 'Which processes get it, and by which restart.',
      },
      {
        ids: ['form'],
        title: 'What its type says',
        what: 'A file of JSON or YAML that cannot be read as such; its name and type are no proof.',
      },
      {
        ids: ['fence'],
        title: 'No fence',
        what: 'The system cannot tell whether somebody writes at the same moment: it is compared right before.',
      },
      {
        ids: ['zero-limit'],
        title: 'Zero in a document',
        what: 'A limit of 0 in a mesh document is unlimited.',
      },
      {
        ids: ['paused'],
        title: 'Paused rollout',
        what: 'A restart would wait until the rollout is resumed.',
      },
      {
        ids: ['strategy'],
        title: 'Strategy',
        what: 'With this strategy instances are not replaced by themselves.',
      },
      { ids: ['autoscaler'], title: 'Autoscaler', what: 'An autoscaler may scale it back.' },
      {
        ids: ['none-left', 'last-instance'],
        title: 'Nobody left',
        what: 'Nothing would answer afterwards; the name is asked for.',
      },
      {
        ids: ['all-at-once'],
        title: 'All at once',
        what: 'The new version gets all calls, with no step or analysis in between; the name is asked for.',
      },
      {
        ids: ['identity'],
        title: 'Identity',
        what: 'The instance’s name is not given to another while it runs.',
      },
    ],
  },
];

/** What the help says of a check, by its id as a review has it. */
export function guardHelpOf(id: string): GuardHelp | null {
  const all = guardHelp.flatMap(({ guards }) => guards);
  const begins = (known: string): boolean => known.endsWith('-') && id.startsWith(known);
  return (
    all.find(({ ids }) => ids.includes(id)) ??
    all.find(({ ids }) => ids.some((known) => begins(known))) ??
    null
  );
}
