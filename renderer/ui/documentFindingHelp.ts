import type { FindingHelp } from './findingHelp.ts';

/** Everything that can be found wrong with one document as it stands among the others, by its rule. */
export const documentFindingHelp: Readonly<Record<string, FindingHelp>> = {
  'missing-subset': {
    title: 'Subset that nobody declares',
    what: 'A VirtualService sends calls to a subset that no DestinationRule has: they fail with 503. Declare the subset, or take its weight away.',
  },
  'unknown-host': {
    title: 'Host that nobody has',
    what: 'No Service and no ServiceEntry has this name. Look for a missing namespace in it: short names are looked up where the document is.',
  },
  'no-ready-instances': {
    title: 'No ready instance',
    what: 'Calls are sent where nothing is ready. See Instances for why, or send the calls elsewhere.',
  },
  'weights-zero': {
    title: 'All weights are zero',
    what: 'Proxies refuse the document and go on with the routes they had. Give one destination a weight.',
  },
  'weight-missing': {
    title: 'A destination without a weight',
    what: 'Beside others that have one, none means zero: it gets no calls.',
  },
  'weights-relative': {
    title: 'Weights that do not add up to 100',
    what: 'They are relative and work as they are; only a reader who takes them for per cent is misled.',
  },
  'no-weight': {
    title: 'No backend has a weight',
    what: 'Such a rule answers its calls with 500. Give one backend a weight.',
  },
  'route-never-taken': {
    title: 'Route that is never reached',
    what: 'Routes are tried in their order, and an earlier one takes every request. Move this one before it, or give the other a match.',
  },
  'fault-injected': {
    title: 'Injected faults',
    what: 'Somebody makes calls fail or wait on purpose, by hand or as a trip. While that is so, Istio ignores time-outs and retries of the route.',
  },
  'held-unreadable': {
    title: 'Marker of a trip that cannot be read',
    what: 'The annotation by which Podium knows a held trip was changed. Look at the document, put back its routes if a trip is left there, then remove the annotation.',
  },
  'two-virtual-services': {
    title: 'Two VirtualServices for one host',
    what: 'Sidecars follow the older one alone; what the other says is without effect inside the mesh. Make them one.',
  },
  'two-destination-rules': {
    title: 'Two DestinationRules for one host',
    what: 'Which part of which holds depends on their order and differs between versions of Istio. Make them one.',
  },
  'unknown-gateway': {
    title: 'Gateway that is not there',
    what: 'The routes are in force nowhere at that gateway. Mend its name, which is namespace/name, or create it.',
  },
  'zero-is-unlimited': {
    title: 'Zero means no limit',
    what: 'To Istio a limit of 0 is one that was not set. Use 1 for as little as possible, or a trip to stop the calls.',
  },
  'route-refused': {
    title: 'Route that a controller refuses',
    what: 'A parent’s controller says no to it, so it is not in force there. Its reason stands in the finding and in the route’s status.',
  },
  'route-not-taken-up': {
    title: 'Route that is not known to be in force',
    what: 'No controller has said yes to it as it is now: none follows its parent, or none has looked at its last change yet.',
  },
  'mixed-with-virtual-service': {
    title: 'Two kinds of route for one service',
    what: 'Both an HTTPRoute and a VirtualService govern it, and it is not defined which proxies follow. Keep one of them.',
  },
  'backend-not-found': {
    title: 'Backend that is not there',
    what: 'Calls sent to it are answered with 500, though the route may be called accepted. Mend the name, or create the Service.',
  },
  'backend-port': {
    title: 'Port that the Service does not have',
    what: 'The route is taken and called resolved, and its calls are answered with 500. Name a port that the Service has.',
  },
  'reference-not-granted': {
    title: 'Reference that is not granted',
    what: 'A Service of another namespace may be used only where a ReferenceGrant there allows it. Ask its owner for one.',
  },
  'service-profile': {
    title: 'ServiceProfile',
    what: 'Linkerd follows it instead of annotations and HTTPRoutes of the same service. Take it away once those say the same.',
  },
  'traffic-split': {
    title: 'TrafficSplit',
    what: 'Linkerd develops SMI no further. Podium shows it and writes HTTPRoutes.',
  },
  'annotations-dropped': {
    title: 'Annotations that Linkerd drops',
    what: 'One value that cannot be read takes all that belong together out of force, and only Linkerd’s own log tells. Mend the value.',
  },
};
