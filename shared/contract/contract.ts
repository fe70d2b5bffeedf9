import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { AboutConnection, Bundle } from '../model/about.ts';
import { AlertBoard } from '../model/alert.ts';
import { Absence, AwaySummary } from '../model/away.ts';
import {
  ConnectionForm,
  ConnectionState,
  Discovery,
  OpenOptions,
  TypedConnection,
} from '../model/connection.ts';
import { ConfigDocument, ConfigHit, ConfigVersion } from '../model/config.ts';
import { DenialJudgement, DenialLog } from '../model/denial.ts';
import { ConnectionId, DocumentRef, EntityId, Environment } from '../model/entity.ts';
import { Forward, ForwardAsk, ForwardPlace } from '../model/forward.ts';
import { GraphUpdate } from '../model/graph.ts';
import { ServiceDetail } from '../model/inspect.ts';
import { LogAsk, LogBatch, LogInstance, LogLineRef } from '../model/log.ts';
import { ObjectAsk, ObjectText, Templates, TemplatesAsk } from '../model/objectText.ts';
import { Operation } from '../model/operation.ts';
import { Plan } from '../model/plan.ts';
import { OperationRecord } from '../model/record.ts';
import { PlacedForm, UnprotectedCall } from '../model/protection.ts';
import { RegistryFindings } from '../model/registryFinding.ts';
import { Declarations, RepositoryCommit } from '../model/repository.ts';
import { GreyRoute } from '../model/routing.ts';
import { AddressBookPage } from '../model/serviceAddress.ts';
import { Marks, Settings } from '../model/settings.ts';
import { longestRangeSeconds, ServiceCharts, SignalsTick, Timeline } from '../model/signals.ts';
import { CallTarget, HeldTrip, TripOption, TripPlace } from '../model/trip.ts';
import { VaultState } from '../model/vault.ts';
import { Canary, CanaryOutlook, CanaryRequest, ChangeSet, Holding, WatchRequest } from '../model/watch.ts';
import { WebhookAnswer, WebhookRequest, WebhookState } from '../model/webhook.ts';
import { MeasuredSplit, Split } from '../model/weights.ts';
import { WorkloadsRead } from '../model/workload.ts';

const nothing = z.void();
const Consent = z.object({ ticked: z.array(z.string()), typedName: z.string().nullable() });
const Plans = z.object({
  plans: z.array(Plan),
  /** What could not be planned: by its place in the request. */
  problems: z.array(z.object({ index: z.number().int(), message: z.string() })),
});
/** How far back charts and the timeline look. */
const Range = z.object({ rangeSeconds: z.number().int().min(60).max(longestRangeSeconds) });

/**
 * Errors that any procedure may answer with, in words for the operator. `message` says what was tried, what came back and
 * what to do. `CONFLICT` carries nothing: plan again to see the three-way view.
 */
const base = oc.errors({
  REFUSED: { message: 'refused' },
  LOCKED: { message: 'This connection is read-only until you unlock it.' },
  GONE: { message: 'This plan is no longer valid. Review it again.' },
  CONFLICT: { message: 'Someone else changed it.' },
  PEER: { message: 'the peer failed' },
});

/** Everything a window can ask of the console, and everything it can be told. */
export const contract = {
  connections: {
    /** What can be connected to; reads kubeconfig anew each time. */
    discover: base.output(Discovery),
    /** Moves whenever `discover` would find something else; the first comes at once. */
    discoveries: base.output(eventIterator(z.number())),
    /** Opens one by the candidate's key; the answer is its id, its state comes by `watch`. */
    open: base
      .input(z.object({ key: z.string(), options: OpenOptions.optional() }))
      .output(z.object({ id: ConnectionId })),
    /** What can be connected to by an address. */
    forms: base.output(z.array(ConnectionForm)),
    /** Where the secrets of what is typed would be kept. */
    vault: base.output(VaultState),
    /** Opens what the operator typed, and remembers it; its secrets only in the vault. */
    openTyped: base.input(TypedConnection).output(z.object({ id: ConnectionId })),
    /** Forgets what was typed; what is open stays open. */
    forget: base.input(z.object({ title: z.string() })).output(nothing),
    openRehearsal: base.output(z.object({ id: ConnectionId })),
    close: base.input(z.object({ id: ConnectionId })).output(nothing),
    /** Lets writes through until closed or locked again. */
    unlock: base.input(z.object({ id: ConnectionId })).output(nothing),
    lock: base.input(z.object({ id: ConnectionId })).output(nothing),
    setEnvironment: base.input(z.object({ id: ConnectionId, environment: Environment })).output(nothing),
    /** Looks for sources again. */
    lookAgain: base.input(z.object({ id: ConnectionId })).output(nothing),
    /** Lets the program be run that the connection asks for; refused where that is for the terminal to say. */
    allowProgram: base.input(z.object({ id: ConnectionId, fingerprint: z.string() })).output(nothing),
    watch: base.output(eventIterator(z.array(ConnectionState))),
  },
  graph: {
    watch: base.output(eventIterator(GraphUpdate)),
  },
  signals: {
    /** Ticks while someone listens; the newest wins when the window is slow. */
    watch: base
      .input(z.object({ windowSeconds: z.number().int().min(30).max(3600) }))
      .output(eventIterator(SignalsTick)),
    timeline: base.input(Range).output(eventIterator(Timeline)),
    charts: base.input(Range.extend({ serviceId: EntityId })).output(eventIterator(ServiceCharts)),
  },
  findings: {
    /** What is wrong between systems and between instances, over the whole map; the whole list whenever it changed. */
    watch: base.output(eventIterator(RegistryFindings)),
  },
  alerts: {
    /** What fires, pends or is silenced over everything that is open; the whole board whenever it changed. */
    watch: base.output(eventIterator(AlertBoard)),
  },
  away: {
    /** The last time in which nobody looked, of each connection that is open; who listens looks. */
    watch: base.output(eventIterator(z.array(Absence))),
    /** What happened to a connection since then, until then or until now; peers are asked once, and no more when the caller goes away. */
    read: base
      .input(z.object({ connectionId: ConnectionId, from: z.number(), to: z.number().optional() }))
      .output(AwaySummary),
    /** What has been found until now was seen: no window shows it again by itself. */
    close: base.output(nothing),
  },
  services: {
    inspect: base.input(z.object({ serviceId: EntityId })).output(eventIterator(ServiceDetail)),
    /** Every name and address by which it is reached, in each system that knows it. */
    addresses: base.input(z.object({ serviceId: EntityId })).output(AddressBookPage),
  },
  denials: {
    /** What declared policies do to one call, by every system that knows its callee. */
    judge: base
      .input(z.object({ calleeId: EntityId, callerId: EntityId }))
      .output(z.object({ judgements: z.array(DenialJudgement), problems: z.array(z.string()) })),
    /** Which policies refused calls, as access logs of the callee's proxies name them; because the operator asked. */
    log: base.input(z.object({ calleeId: EntityId })).output(DenialLog),
  },
  splits: {
    /** All declared splits, the whole list whenever one changed. */
    watch: base.output(eventIterator(z.array(Split))),
    /** Shares seen in traffic over the last minutes, for the splits of one service. */
    measured: base.input(z.object({ serviceId: EntityId })).output(eventIterator(z.array(MeasuredSplit))),
  },
  trips: {
    /** Every trip that a document carries, whoever made it; the whole list whenever one changed. */
    watch: base.output(eventIterator(z.array(HeldTrip))),
    /** Through which systems a call can be tripped, the one to begin with first; without a caller all are meant. */
    places: base
      .input(z.object({ calleeId: EntityId, callerId: EntityId.nullable() }))
      .output(z.array(TripPlace)),
    /** What can be done to a call. */
    options: base
      .input(z.object({ connectionId: ConnectionId, call: CallTarget }))
      .output(z.array(TripOption)),
  },
  routes: {
    /** Routes that send some requests to one version, whatever the weights say. */
    watch: base.output(eventIterator(z.array(GreyRoute))),
  },
  protections: {
    forms: base.input(z.object({ serviceId: EntityId })).output(z.array(PlacedForm)),
    /** Calls that lack a time-out, limit, ejection or fallback, busiest first. */
    unprotected: base.input(z.object({ connectionId: ConnectionId })).output(z.array(UnprotectedCall)),
  },
  config: {
    read: base
      .input(z.object({ serviceId: EntityId }))
      .output(z.object({ documents: z.array(ConfigDocument), problems: z.array(z.string()) })),
    /** One value of a Secret, because the operator asked. */
    reveal: base
      .input(z.object({ document: DocumentRef, key: z.string().max(253) }))
      .output(z.object({ value: z.string() })),
    /** Over all open connections; of Secrets only keys. */
    search: base
      .input(z.object({ query: z.string().min(1).max(200) }))
      .output(z.object({ hits: z.array(ConfigHit), problems: z.array(z.string()) })),
    history: base.input(z.object({ document: DocumentRef })).output(z.array(ConfigVersion)),
  },
  workloads: {
    read: base.input(z.object({ serviceId: EntityId })).output(WorkloadsRead),
  },
  logs: {
    /** Whose logs can be read behind a service. */
    instances: base
      .input(z.object({ serviceId: EntityId }))
      .output(z.object({ instances: z.array(LogInstance), problems: z.array(z.string()) })),
    /** Lines in the order of their times; ends when nothing more can come. Read no faster than the window takes them. */
    read: base.input(LogAsk).output(eventIterator(LogBatch)),
    /** A line that was cut, whole; null when it is no longer there. */
    line: base.input(LogLineRef).output(z.object({ text: z.string().nullable() })),
  },
  objects: {
    /** As it stands, to be read; values of Secrets are covered. */
    read: base.input(ObjectAsk).output(ObjectText),
    /** What two revisions of a workload run. */
    templates: base.input(TemplatesAsk).output(Templates),
  },
  forwards: {
    /** Through which connections a service can be forwarded to, and whether that is allowed. */
    places: base.input(z.object({ serviceId: EntityId })).output(z.array(ForwardPlace)),
    /** Opens a port of the machine that runs the console, for programs on it. */
    open: base.input(ForwardAsk).output(Forward),
    /** Stops it; one that ended by itself leaves the list. */
    stop: base.input(z.object({ id: z.string() })).output(nothing),
    stopAll: base.output(nothing),
    /** All that are open, and the latest that ended by themselves; the whole list whenever one changed. */
    watch: base.output(eventIterator(z.array(Forward))),
  },
  operations: {
    /** `reason` is shown where documents will carry it; the one that counts comes with `apply`. */
    plan: base
      .input(z.object({ operation: Operation, reason: z.string().max(2000).default('') }))
      .output(Plan),
    planUndo: base.input(z.object({ operationId: z.string() })).output(Plan),
    /** Applies a plan that this console made. `ticked` names guards acknowledged; `typedName` where the name is asked for. */
    apply: base
      .input(
        Consent.extend({
          planId: z.string(),
          reason: z.string().max(2000),
          /** What is watched after the write and takes it back; refused where it would do so at once. */
          watch: WatchRequest.nullable().default(null),
          /** Takes the change back after so long, as a trip ends: for what a repository owns and should decide. */
          expireSeconds: z.number().int().min(60).max(604_800).nullable().default(null),
        }),
      )
      .output(z.object({ operationId: z.string() })),
    /** Ends a watch; what was written stays. */
    stopWatch: base.input(z.object({ operationId: z.string() })).output(nothing),
    /** Plans several operations to be reviewed together. */
    planSet: base.input(z.object({ operations: z.array(Operation).min(1).max(50) })).output(Plans),
    /** Applies plans in order, each after the former was written; the first that is not ends it. */
    applySet: base
      .input(
        z.object({
          planIds: z.array(z.string()).min(1).max(50),
          reason: z.string().max(2000),
          confirmations: z.array(Consent.extend({ planId: z.string() })),
        }),
      )
      .output(z.object({ setId: z.string() })),
    /** A change set, under way or told by the journal; ends when nothing of it is open any more. */
    watchSet: base.input(z.object({ setId: z.string() })).output(eventIterator(ChangeSet)),
    /** The way back of what a set wrote, last first; apply it as a set. */
    planUndoSet: base.input(z.object({ setId: z.string() })).output(Plans),
    /** Sets in the middle of which an earlier run ended, newest first, until they are undone or left as they are. */
    cutOffSets: base.output(z.array(ChangeSet)),
    /** Leaves a set that was cut off as it is: it is not told of again. */
    leaveSet: base.input(z.object({ setId: z.string() })).output(nothing),
    /** One operation climbing its ladder; ends when it is finished and nothing is held or watched any more. */
    watch: base.input(z.object({ operationId: z.string() })).output(eventIterator(OperationRecord)),
  },
  holds: {
    /** Everything that Podium holds or watches here and ends by itself, soonest first. */
    watch: base.output(eventIterator(z.array(Holding))),
    /** Leaves a trip that someone else changed, or that cannot be ended, as it is: nothing is tried any more. */
    leave: base.input(z.object({ operationId: z.string() })).output(nothing),
  },
  canaries: {
    /** The plan of the first step, and what each step means. */
    plan: base
      .input(z.object({ request: CanaryRequest }))
      .output(z.object({ plan: Plan, steps: z.array(CanaryOutlook) })),
    /** `planId` is of `plan`; what was acknowledged here holds for later steps too. */
    start: base
      .input(Consent.extend({ planId: z.string(), request: CanaryRequest, reason: z.string().max(2000) }))
      .output(z.object({ canaryId: z.string() })),
    /** Takes no further step; the watch of the present one goes on to its end. */
    pause: base.input(z.object({ canaryId: z.string() })).output(nothing),
    resume: base.input(z.object({ canaryId: z.string() })).output(nothing),
    /** The plan of going to the last step at once. */
    planFinish: base.input(z.object({ canaryId: z.string() })).output(Plan),
    finish: base
      .input(Consent.extend({ canaryId: z.string(), planId: z.string(), reason: z.string().max(2000) }))
      .output(z.object({ operationId: z.string() })),
    /** Puts back the weights from before the first step. */
    takeBack: base.input(z.object({ canaryId: z.string() })).output(nothing),
    /** All that run, and the latest that are over; the whole list whenever one changed. */
    watch: base.output(eventIterator(z.array(Canary))),
  },
  repositories: {
    /** Where the Git work trees named at the start declare what a plan changes, with the diff. */
    find: base.input(z.object({ planId: z.string() })).output(Declarations),
    /** Commits it to a branch of its own; nothing is checked out or pushed. */
    commit: base
      .input(
        z.object({
          planId: z.string(),
          repository: z.string(),
          file: z.string(),
          message: z.string().min(1).max(2000),
        }),
      )
      .output(RepositoryCommit),
  },
  journal: {
    list: base
      .input(z.object({ query: z.string().max(200), limit: z.number().int().min(1).max(500) }))
      .output(z.object({ records: z.array(OperationRecord), writable: z.boolean() })),
    /** A note whenever some record was added or changed. */
    watch: base.output(eventIterator(z.object({ operationId: z.string() }))),
    exportAs: base
      .input(z.object({ format: z.enum(['csv', 'json', 'markdown']), query: z.string().max(200) }))
      .output(z.object({ fileName: z.string(), text: z.string() })),
  },
  settings: {
    read: base.output(Settings),
    /** Replaces the given keys, leaves the others; what several windows write entry by entry goes by `mark`. */
    write: base
      .input(
        Settings.omit({
          programs: true,
          looked: true,
          sharing: true,
          joins: true,
          positions: true,
        }).partial(),
      )
      .output(nothing),
    mark: base.input(Marks).output(nothing),
    /** A login program that was allowed is asked for again before its next run. */
    revokeProgram: base.input(z.object({ fingerprint: z.string() })).output(nothing),
    /** Forgets everything about connections of this title; only the journal keeps what was done. Refused while one is open. */
    forgetConnection: base.input(z.object({ title: z.string() })).output(nothing),
  },
  /** The address that is told of each operation. */
  webhook: {
    read: base.output(WebhookState),
    set: base.input(WebhookRequest).output(nothing),
    forget: base.output(nothing),
    /** Sends a message that says that it is a test, once, and answers with what came back. */
    test: base.output(WebhookAnswer),
  },
  rehearsal: {
    trigger: base
      .input(z.object({ incident: z.enum(['sale', 'badV2', 'discountsFail', 'pricingGrows', 'calm']) }))
      .output(nothing),
  },
  about: {
    read: base.output(
      z.object({
        version: z.string(),
        actor: z.string(),
        now: z.number(),
        /** Where everything is kept; null where nothing is. */
        dataFolder: z.string().nullable(),
        /** False in the second process on one data folder: what is set there ends with it. */
        writable: z.boolean(),
        /** Whether the host shows anything outside its window. */
        notifies: z.boolean(),
      }),
    ),
    /** What a connection is made of, and what it costs. */
    connection: base.input(z.object({ id: ConnectionId })).output(AboutConnection),
    /** A report for whoever mends Podium, without secrets; names are others unless asked for. */
    bundle: base.input(z.object({ withNames: z.boolean() })).output(Bundle),
  },
};
