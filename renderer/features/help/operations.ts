import type { OperationKind } from '../../../shared/model/operation.ts';

/** What an operator can do, where it begins and what it comes to. */
export interface OperationHelp {
  readonly title: string;
  readonly where: string;
  readonly what: string;
}

/** Every kind of operation; each is reviewed before anything is written, and can be undone from the journal. */
export const operationHelp: Readonly<Record<OperationKind, readonly OperationHelp[]>> = {
  setWeights: [
    {
      title: 'Shift weights',
      where: 'The handle in the selected card, or Overview',
      what: 'Divides a route’s calls anew between its versions; a lock keeps a version out of it.',
    },
    {
      title: 'Guided canary',
      where: 'Overview',
      what: 'Leads a version to all calls step by step, and goes back by itself when it fails.',
    },
  ],
  trip: [
    {
      title: 'Trip',
      where: 'T, a call’s menu, Calls, Protections',
      what: 'Stops calls for a while: callers get a refusal or a fallback at once. It always ends by itself.',
    },
  ],
  endTrip: [
    {
      title: 'End a trip',
      where: 'The countdown in the title bar, the held call',
      what: 'Lets calls through again before the deadline. It needs no unlocking of a trip agreed to end by itself.',
    },
  ],
  closeBreaker: [
    {
      title: 'Close a breaker',
      where: 'T, a call’s menu, Calls, Protections',
      what: 'Closes the caller’s own breaker in every instance where it is open, before it would try again by itself.',
    },
  ],
  setFallback: [
    {
      title: 'Declare a fallback',
      where: 'Protections',
      what: 'Says who or what answers when the service may not. It changes no traffic until a trip uses it.',
    },
  ],
  setProtections: [
    {
      title: 'Edit protections',
      where: 'Protections, Unprotected',
      what: 'Sets time-out, retries, limits and ejection by a form that knows the peer’s traps.',
    },
  ],
  setRouting: [
    {
      title: 'Route some requests',
      where: 'Overview',
      what: 'Sends requests with a header, with a cookie or of one caller to a version, whatever the weights say.',
    },
    {
      title: 'Mirror',
      where: 'Overview',
      what: 'Copies requests to a version whose answers are thrown away; what they do is done all the same.',
    },
  ],
  editDocument: [
    {
      title: 'Edit configuration',
      where: 'Config',
      what: 'Changes entries or the text of a document, with the restarts it takes to reach the processes.',
    },
  ],
  silence: [
    {
      title: 'Silence an alert',
      where: 'An alert of a service, Alerts',
      what: 'Nobody is told of alerts like it for a while. It always ends by itself; what is wrong stays wrong.',
    },
  ],
  changeWorkload: [
    {
      title: 'Change a workload',
      where: 'Workloads',
      what: 'Scales, restarts, pauses, resumes, rolls back, or takes one instance out of the traffic.',
    },
  ],
};
