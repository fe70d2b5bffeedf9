import { implement, ORPCError } from '@orpc/server';
import { contract } from '../contract/contract.ts';
import { PeerError, sayError } from '../connectors/kit/peerError.ts';
import { diffGraph, type GraphPicture } from '../analysis/graphDiff.ts';
import { withMarks } from '../analysis/withMarks.ts';
import { aboutConnection } from './about.ts';
import { makeBundle } from './bundle.ts';
import { readAddresses } from './addressBook.ts';
import type { AlertReader } from './alerts.ts';
import { createAbsences } from './away/absences.ts';
import { readAway } from './away/readAway.ts';
import type { Asking } from './asking.ts';
import { watchCharts, watchTimeline } from './charts.ts';
import type { Connections } from './connections.ts';
import { createCertificateReader } from './certificates.ts';
import { judgeDenials, readDenialLog } from './denials.ts';
import { watchFindings } from './findings.ts';
import { watchDetail } from './inspect.ts';
import type { Forwards } from './forwards/forwards.ts';
import type { Journal } from './journal.ts';
import { exportJournal } from './journalExport.ts';
import { askObjects } from './objectTexts.ts';
import { readLogInstances, readLogLine, watchLogs } from './logs.ts';
import { watchMeasured } from './measured.ts';
import type { OneMap } from './oneMap.ts';
import type { Operations } from './operations.ts';
import { Refusal } from './refusal.ts';
import type { Ports } from './ports.ts';
import { follow, followDistinct } from './pulse.ts';
import type { Repositories } from './repositories/repositories.ts';
import type { Returns } from './returns/returns.ts';
import { isHolding } from './returns/states.ts';
import type { SettingsKeeper } from './settings.ts';
import { watchSignals } from './signalsStream.ts';
import { readTripPlaces } from './tripPlaces.ts';
import type { Webhook } from './webhook/webhook.ts';
import type { World } from './world.ts';

/** The parts that procedures speak to. */
export interface RouterParts {
  readonly alerts: AlertReader;
  readonly asking: Asking;
  readonly connections: Connections;
  readonly forwards: Forwards;
  readonly journal: Journal;
  readonly oneMap: OneMap;
  readonly operations: Operations;
  readonly ports: Ports;
  readonly repositories: Repositories;
  readonly returns: Returns;
  readonly settings: SettingsKeeper;
  readonly webhook: Webhook;
  readonly world: World;
}

export type ConsoleRouter = ReturnType<typeof createRouter>;

/** One handler a procedure; all thinking is elsewhere. */
export function createRouter({
  alerts,
  asking,
  connections,
  forwards,
  journal,
  oneMap,
  operations,
  ports,
  repositories,
  returns,
  settings,
  webhook,
  world,
}: RouterParts) {
  const os = implement(contract).use(async ({ next, errors }) => {
    try {
      return await next();
    } catch (thrown) {
      if (thrown instanceof Refusal) throw errors[thrown.code]({ message: thrown.message });
      if (thrown instanceof ORPCError) throw thrown;
      if (!(thrown instanceof PeerError)) ports.log.error('a procedure failed', { why: String(thrown) });
      throw errors.PEER({ message: sayError(thrown, 'Podium could not do this') });
    }
  });

  const readCertificates = createCertificateReader(world, ports);
  const absences = createAbsences({ connections, settings, ports });

  /** A plan of this console that is still kept. */
  const planOf = (planId: string) => {
    const kept = operations.find(planId);
    if (kept !== undefined) return kept.plan;
    throw new Refusal('GONE', 'This console made no such plan, or forgot it. Review it again.');
  };

  return os.router({
    connections: {
      discover: os.connections.discover.handler(() => connections.discover()),
      discoveries: os.connections.discoveries.handler(({ signal }) =>
        followDistinct(connections.discoveries, () => connections.discoveries.count, signal),
      ),
      open: os.connections.open.handler(async ({ input }) => ({
        id: await connections.openByKey(input.key, input.options ?? {}),
      })),
      forms: os.connections.forms.handler(() => connections.typed.forms()),
      vault: os.connections.vault.handler(() => ports.vault.state()),
      openTyped: os.connections.openTyped.handler(async ({ input }) => ({
        id: await connections.openTyped(input),
      })),
      forget: os.connections.forget.handler(({ input }) => connections.typed.forget(input.title)),
      openRehearsal: os.connections.openRehearsal.handler(async () => ({
        id: await connections.openRehearsal(),
      })),
      close: os.connections.close.handler(({ input }) => connections.close(input.id)),
      unlock: os.connections.unlock.handler(({ input }) => connections.setLocked(input.id, false)),
      lock: os.connections.lock.handler(({ input }) => connections.setLocked(input.id, true)),
      setEnvironment: os.connections.setEnvironment.handler(({ input }) =>
        connections.setEnvironment(input.id, input.environment),
      ),
      allowProgram: os.connections.allowProgram.handler(({ input }) =>
        connections.allowProgram(input.id, input.fingerprint),
      ),
      lookAgain: os.connections.lookAgain.handler(({ input }) => connections.lookAgain(input.id)),
      watch: os.connections.watch.handler(({ signal }) =>
        followDistinct(connections.changes, () => connections.states(), signal),
      ),
    },
    graph: {
      watch: os.graph.watch.handler(async function* ({ signal }) {
        let before: GraphPicture | null = null;
        for await (const picture of follow(world.changes, () => oneMap.graph(), signal)) {
          const update = diffGraph(before, picture);
          before = picture;
          if (update !== null) yield update;
        }
      }),
    },
    signals: {
      watch: os.signals.watch.handler(({ input, signal }) =>
        watchSignals(input.windowSeconds, { world, oneMap }, signal),
      ),
      timeline: os.signals.timeline.handler(({ input, signal }) =>
        watchTimeline(input.rangeSeconds, { world, oneMap }, journal, ports, signal),
      ),
      charts: os.signals.charts.handler(({ input, signal }) =>
        watchCharts(input.serviceId, input.rangeSeconds, { world, oneMap }, journal, ports, signal),
      ),
    },
    findings: {
      watch: os.findings.watch.handler(({ signal }) =>
        watchFindings({ world, oneMap, ports, readCertificates }, signal),
      ),
    },
    alerts: {
      watch: os.alerts.watch.handler(({ signal }) => alerts.watch(signal)),
    },
    away: {
      watch: os.away.watch.handler(({ signal }) => absences.watch(signal)),
      read: os.away.read.handler(({ input, signal }) => {
        const connection = connections.open.get(input.connectionId);
        if (connection === undefined) throw new Refusal('REFUSED', 'This connection is not open any more.');
        return absences.summaryOf(input, (before) =>
          readAway(
            connection,
            input,
            { journal, health: settings.current.health, ports },
            signal,
            undefined,
            before,
          ),
        );
      }),
      close: os.away.close.handler(() => absences.close()),
    },
    services: {
      inspect: os.services.inspect.handler(({ input, signal }) =>
        watchDetail(input.serviceId, { world, oneMap, journal, settings, ports }, signal),
      ),
      addresses: os.services.addresses.handler(({ input, signal }) =>
        readAddresses(input.serviceId, { world, oneMap }, signal),
      ),
    },
    denials: {
      judge: os.denials.judge.handler(({ input, signal }) => judgeDenials(input, { oneMap }, signal)),
      log: os.denials.log.handler(({ input, signal }) => readDenialLog(input.calleeId, { oneMap }, signal)),
    },
    splits: {
      watch: os.splits.watch.handler(({ signal }) =>
        followDistinct(world.changes, () => oneMap.splits(), signal),
      ),
      measured: os.splits.measured.handler(({ input, signal }) =>
        watchMeasured(input.serviceId, { world, oneMap }, ports, signal),
      ),
    },
    trips: {
      watch: os.trips.watch.handler(({ signal }) =>
        followDistinct(world.changes, () => asking.trips(), signal),
      ),
      places: os.trips.places.handler(({ input, signal }) =>
        readTripPlaces(input, { world, oneMap }, signal),
      ),
      options: os.trips.options.handler(({ input, signal }) =>
        asking.tripOptions(input.connectionId, input.call, signal),
      ),
    },
    routes: {
      watch: os.routes.watch.handler(({ signal }) =>
        followDistinct(connections.changes, () => asking.routes(), signal),
      ),
    },
    protections: {
      forms: os.protections.forms.handler(({ input, signal }) =>
        asking.protectionForms(input.serviceId, signal),
      ),
      unprotected: os.protections.unprotected.handler(({ input }) => asking.unprotected(input.connectionId)),
    },
    config: {
      read: os.config.read.handler(({ input, signal }) => asking.config(input.serviceId, signal)),
      reveal: os.config.reveal.handler(async ({ input, signal }) => ({
        value: await asking.reveal(input.document, input.key, signal),
      })),
      search: os.config.search.handler(({ input, signal }) => asking.searchConfig(input.query, signal)),
      history: os.config.history.handler(({ input, signal }) => asking.configHistory(input.document, signal)),
    },
    workloads: {
      read: os.workloads.read.handler(({ input, signal }) => asking.workloads(input.serviceId, signal)),
    },
    logs: {
      instances: os.logs.instances.handler(({ input, signal }) =>
        readLogInstances(input.serviceId, { oneMap }, signal),
      ),
      read: os.logs.read.handler(({ input, signal }) => watchLogs(input, { world, oneMap, ports }, signal)),
      line: os.logs.line.handler(({ input, signal }) => readLogLine(input, { world }, signal)),
    },
    objects: {
      read: os.objects.read.handler(({ input: { serviceId, ...object }, signal }) =>
        askObjects(
          serviceId,
          oneMap,
          `Reading ${object.kind} ${object.name}`,
          (source, limit) => source.read(object, limit),
          signal,
        ),
      ),
      templates: os.objects.templates.handler(({ input: { serviceId, workload, ...revisions }, signal }) =>
        askObjects(
          serviceId,
          oneMap,
          'Reading recorded revisions',
          (source, limit) => source.templates(workload, revisions, limit),
          signal,
        ),
      ),
    },
    forwards: {
      places: os.forwards.places.handler(({ input, signal }) => forwards.places(input.serviceId, signal)),
      open: os.forwards.open.handler(({ input }) => forwards.open(input)),
      stop: os.forwards.stop.handler(({ input }) => forwards.stop(input.id)),
      stopAll: os.forwards.stopAll.handler(() => forwards.stopAll()),
      watch: os.forwards.watch.handler(({ signal }) => forwards.watch(signal)),
    },
    operations: {
      plan: os.operations.plan.handler(({ input }) => operations.plan(input.operation, input.reason)),
      planUndo: os.operations.planUndo.handler(({ input }) => operations.planUndo(input.operationId)),
      apply: os.operations.apply.handler(async ({ input }) => ({
        operationId: await operations.apply(input),
      })),
      stopWatch: os.operations.stopWatch.handler(({ input }) => returns.stopWatch(input.operationId)),
      planSet: os.operations.planSet.handler(({ input }) => returns.changeSets.plan(input.operations)),
      applySet: os.operations.applySet.handler(async ({ input }) => ({
        setId: await returns.changeSets.apply(input),
      })),
      watchSet: os.operations.watchSet.handler(({ input, signal }) =>
        returns.changeSets.watch(input.setId, signal),
      ),
      planUndoSet: os.operations.planUndoSet.handler(({ input }) => returns.changeSets.planUndo(input.setId)),
      cutOffSets: os.operations.cutOffSets.handler(() => returns.changeSets.cutOff()),
      leaveSet: os.operations.leaveSet.handler(({ input }) => returns.changeSets.leave(input.setId)),
      watch: os.operations.watch.handler(async function* ({ input, signal }) {
        let told = '';
        for await (const _ of follow(journal.changes, () => null, signal)) {
          const record = await journal.read(input.operationId);
          if (record === null) return;
          const text = JSON.stringify(record);
          // Other operations move the journal too.
          if (text !== told) yield record;
          told = text;
          if (record.finishedAt !== null && !isHolding(record)) return;
        }
      }),
    },
    holds: {
      watch: os.holds.watch.handler(({ signal }) => returns.watchHoldings(signal)),
      leave: os.holds.leave.handler(({ input }) => returns.leave(input.operationId)),
    },
    canaries: {
      plan: os.canaries.plan.handler(({ input }) => returns.canaries.plan(input.request)),
      start: os.canaries.start.handler(async ({ input }) => ({
        canaryId: await returns.canaries.start(input),
      })),
      pause: os.canaries.pause.handler(({ input }) => returns.canaries.pause(input.canaryId)),
      resume: os.canaries.resume.handler(({ input }) => returns.canaries.resume(input.canaryId)),
      planFinish: os.canaries.planFinish.handler(({ input }) => returns.canaries.planFinish(input.canaryId)),
      finish: os.canaries.finish.handler(async ({ input }) => ({
        operationId: await returns.canaries.finish(input),
      })),
      takeBack: os.canaries.takeBack.handler(({ input }) => returns.canaries.takeBack(input.canaryId)),
      watch: os.canaries.watch.handler(({ signal }) => returns.watchCanaries(signal)),
    },
    repositories: {
      find: os.repositories.find.handler(({ input }) => repositories.find(planOf(input.planId))),
      commit: os.repositories.commit.handler(({ input }) =>
        repositories.commit(planOf(input.planId), input.repository, input.file, input.message),
      ),
    },
    journal: {
      list: os.journal.list.handler(async ({ input }) => ({
        records: [...(await journal.list(input))],
        writable: journal.writable,
      })),
      watch: os.journal.watch.handler(({ signal }) =>
        follow(journal.changes, () => ({ operationId: journal.lastChanged() ?? '' }), signal),
      ),
      exportAs: os.journal.exportAs.handler(async ({ input }) =>
        exportJournal(
          await journal.list({ query: input.query, limit: 10_000 }),
          input.format,
          ports.clock.now(),
        ),
      ),
    },
    settings: {
      read: os.settings.read.handler(() => settings.current),
      write: os.settings.write.handler(({ input }) =>
        settings.write(input as Parameters<SettingsKeeper['write']>[0]),
      ),
      mark: os.settings.mark.handler(({ input }) => settings.write((current) => withMarks(current, input))),
      revokeProgram: os.settings.revokeProgram.handler(({ input }) =>
        connections.revokeProgram(input.fingerprint),
      ),
      forgetConnection: os.settings.forgetConnection.handler(({ input }) =>
        connections.forgetAll(input.title),
      ),
    },
    webhook: {
      read: os.webhook.read.handler(() => webhook.read()),
      set: os.webhook.set.handler(({ input }) => webhook.set(input)),
      forget: os.webhook.forget.handler(() => webhook.forget()),
      test: os.webhook.test.handler(() => webhook.test()),
    },
    rehearsal: {
      trigger: os.rehearsal.trigger.handler(({ input }) => ports.rehearsal.trigger(input.incident)),
    },
    about: {
      read: os.about.read.handler(() => ({
        version: ports.version,
        actor: ports.actor,
        now: ports.clock.now(),
        dataFolder: ports.dataFolder,
        writable: journal.writable,
        notifies: ports.notify !== undefined,
      })),
      connection: os.about.connection.handler(({ input }) => aboutConnection(input.id, connections)),
      bundle: os.about.bundle.handler(({ input }) =>
        makeBundle({ connections, journal, oneMap, settings, ports }, input.withNames),
      ),
    },
  });
}
