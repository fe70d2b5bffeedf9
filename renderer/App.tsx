import './App.css';
import { lazy, Suspense, useEffect } from 'react';
import { AboutDialog } from './features/about/AboutDialog.tsx';
import { AddressBook } from './features/addressBook/AddressBook.tsx';
import { AddressBookButton } from './features/addressBook/AddressBookButton.tsx';
import { AwayPanel } from './features/away/AwayPanel.tsx';
import { AlertsButton } from './features/alerts/AlertsButton.tsx';
import { AlertsDialog } from './features/alerts/AlertsDialog.tsx';
import { ServiceAlerts } from './features/alerts/ServiceAlerts.tsx';
import { SilenceDialog } from './features/alerts/SilenceDialog.tsx';
import { HeldChip } from './features/breakers/HeldChip.tsx';
import { TripDialog } from './features/breakers/TripDialog.tsx';
import { useHeldPrompt } from './features/breakers/useHeldPrompt.ts';
import { CanaryDialog } from './features/canary/CanaryDialog.tsx';
import { SplitCanary } from './features/canary/SplitCanary.tsx';
import { WatchChip } from './features/canary/WatchChip.tsx';
import { ConfigTab } from './features/config/ConfigTab.tsx';
import { ConnectionCertificates } from './features/findings/ConnectionCertificates.tsx';
import { FindingsButton } from './features/findings/FindingsButton.tsx';
import { FindingsDialog } from './features/findings/FindingsDialog.tsx';
import { ServiceFindings } from './features/findings/ServiceFindings.tsx';
import { FindBar } from './features/find/FindBar.tsx';
import { Connect } from './features/firstRun/Connect.tsx';
import { FirstRun } from './features/firstRun/FirstRun.tsx';
import { TourStrip } from './features/firstRun/TourStrip.tsx';
import { followJoins } from './features/frame/followJoins.ts';
import { InspectorPane } from './features/frame/InspectorPane.tsx';
import { LinkBanner } from './features/frame/LinkBanner.tsx';
import { LinkEnded } from './features/frame/LinkEnded.tsx';
import { Rail } from './features/frame/Rail.tsx';
import { TitleBar } from './features/frame/TitleBar.tsx';
import { Toasts } from './features/frame/Toasts.tsx';
import { useShortcuts } from './features/frame/useShortcuts.ts';
import { useTheme } from './features/frame/useTheme.ts';
import { useWindowTitle } from './features/frame/windowTitle.ts';
import { HelpDialog } from './features/help/HelpDialog.tsx';
import { Inspector } from './features/inspector/Inspector.tsx';
import type { InspectorParts } from './features/inspector/inspectorParts.ts';
import { ForwardButton } from './features/forwards/ForwardButton.tsx';
import { ForwardsChip } from './features/forwards/ForwardsChip.tsx';
import { ForwardsDialog } from './features/forwards/ForwardsDialog.tsx';
import { JournalPage } from './features/journal/JournalPage.tsx';
import { LinkedPlace } from './features/links/LinkedPlace.tsx';
import { LogsButton } from './features/logs/LogsButton.tsx';
import { LogsPanel } from './features/logs/LogsPanel.tsx';
import { MapPage } from './features/map/MapPage.tsx';
import { ObjectDialog } from './features/objects/ObjectDialog.tsx';
import { YamlButton } from './features/objects/YamlButton.tsx';
import { Palette } from './features/palette/Palette.tsx';
import { ProgramDialog } from './features/programs/ProgramDialog.tsx';
import { CallGuards } from './features/protections/CallGuards.tsx';
import { HeldNotes } from './features/protections/HeldNotes.tsx';
import { ProtectionDialog } from './features/protections/ProtectionDialog.tsx';
import { ProtectionsTab } from './features/protections/ProtectionsTab.tsx';
import { UnprotectedDialog } from './features/protections/UnprotectedDialog.tsx';
import { ReviewDialog } from './features/review/ReviewDialog.tsx';
import { SetDialog } from './features/review/set/SetDialog.tsx';
import { GreyRouteDialog } from './features/routing/GreyRouteDialog.tsx';
import { GreyRoutes } from './features/routing/GreyRoutes.tsx';
import { ServicesPage } from './features/services/ServicesPage.tsx';
import { SettingsPage } from './features/settings/SettingsPage.tsx';
import { SourcesPage } from './features/sources/SourcesPage.tsx';
import { Timeline } from './features/timeline/Timeline.tsx';
import { Tray } from './features/tray/Tray.tsx';
import { WorkloadsTab } from './features/workloads/WorkloadsTab.tsx';
import { useLink } from './client/link.ts';
import { useConnectionStore } from './live/connections.ts';
import { watchSignals } from './live/signals.ts';
import { watchAll } from './live/watchAll.ts';
import { rememberView } from './state/persist.ts';
import { useSelection } from './state/selection.ts';
import { useTime, useZone } from './state/time.ts';
import { type Page, useView } from './state/view.ts';
import { loadDocumentViews } from './ui/documentViews.tsx';
import { EmptyState } from './ui/EmptyState.tsx';

// It brings a reader of YAML that the map has no use for.
const ConfigPage = lazy(() =>
  import('./features/config/ConfigPage.tsx').then((loaded) => ({ default: loaded.ConfigPage })),
);

/** What other features show in the inspector. */
const inspectorParts: InspectorParts = {
  serviceTabs: [
    {
      id: 'protections',
      title: 'Protections',
      content: (service, detail) => <ProtectionsTab service={service} detail={detail} />,
    },
    {
      id: 'workloads',
      title: 'Workloads',
      content: (service) => <WorkloadsTab service={service} />,
    },
    { id: 'config', title: 'Config', content: (service) => <ConfigTab service={service} /> },
  ],
  findings: (service) => (
    <>
      <ServiceAlerts service={service} />
      <ServiceFindings service={service} />
    </>
  ),
  reach: (service) => (
    <>
      <AddressBookButton serviceId={service.id} /> <LogsButton service={service} />{' '}
      <YamlButton service={service} /> <ForwardButton service={service} />
    </>
  ),
  splitActions: (split, editable, measured) => (
    <>
      <SplitCanary split={split} editable={editable} />
      <GreyRoutes split={split} editable={editable} measured={measured} />
    </>
  ),
  held: (callee, call) => <HeldNotes calleeId={callee} callId={call} />,
  callGuards: (call, callee, { view, whole, problem }) => (
    <CallGuards call={call} callee={callee} view={view} detail={whole} problem={problem} />
  ),
};

/** The window: what is composed of features that know nothing of each other. */
export function App() {
  useTheme();
  useWindowTitle();
  useShortcuts();
  useEffect(() => watchAll(), []);
  useEffect(() => followJoins(), []);
  useEffect(() => void rememberView(), []);
  useEffect(() => loadDocumentViews(), []);
  useHeldPrompt();
  // Every time on screen is told in it.
  useZone();
  const windowSeconds = useTime((time) => time.windowSeconds);
  useEffect(() => watchSignals(windowSeconds), [windowSeconds]);

  const ended = useLink((link) => link.state === 'ended');
  const known = useConnectionStore((state) => state.receivedAt !== null);
  const none = useConnectionStore((state) => state.connections.length === 0);
  const page = useView((view) => view.page);
  if (ended) return <LinkEnded />;
  return (
    <div className="app">
      <LinkBanner />
      <LinkedPlace />
      {!known && (
        <main className="appWhole">
          <EmptyState title="Asking the console what is connected…" busy />
        </main>
      )}
      {known && none && page !== 'settings' && <FirstRun />}
      {known && none && page === 'settings' && (
        <main className="appWhole">
          <SettingsPage />
        </main>
      )}
      {known && !none && <Console />}
      <Palette />
      <HelpDialog />
      <AboutDialog certificates={(connection) => <ConnectionCertificates connection={connection} />} />
      <TripDialog />
      <ProtectionDialog />
      <CanaryDialog />
      <GreyRouteDialog />
      <UnprotectedDialog />
      <FindingsDialog />
      <AlertsDialog />
      <SilenceDialog />
      <AddressBook />
      <ObjectDialog />
      <ForwardsDialog />
      <ReviewDialog />
      <SetDialog />
      <ProgramDialog />
      <Toasts />
    </div>
  );
}

function Console() {
  const page = useView((view) => view.page);
  const inspecting =
    useSelection(({ selected }) => selected !== null) && (page === 'map' || page === 'services');
  return (
    <>
      <TitleBar
        held={
          <>
            <HeldChip />
            <WatchChip />
            <ForwardsChip />
          </>
        }
      />
      <TourStrip />
      <AwayPanel />
      <div className="appBody">
        <Rail />
        <div className="appMiddle">
          <main className="appMain">
            <PageOf page={page} />
            {(page === 'map' || page === 'services' || page === 'config') && <Tray />}
          </main>
          {(page === 'map' || page === 'services') && <LogsPanel />}
          {page === 'map' && <Timeline />}
        </div>
        {inspecting && (
          <InspectorPane>
            <Inspector parts={inspectorParts} />
          </InspectorPane>
        )}
      </div>
    </>
  );
}

function WhatIsFound() {
  return (
    <div className="whatIsFound">
      <AlertsButton />
      <FindingsButton />
    </div>
  );
}

function PageOf({ page }: { readonly page: Page }) {
  switch (page) {
    case 'map':
      return <MapPage find={<FindBar />} findings={<WhatIsFound />} />;
    case 'services':
      return (
        <ServicesPage
          find={<FindBar />}
          actions={
            <>
              <WhatIsFound />
              <AddressBookButton />
            </>
          }
        />
      );
    case 'config':
      return (
        <Suspense fallback={<EmptyState title="Loading…" busy />}>
          <ConfigPage />
        </Suspense>
      );
    case 'journal':
      return <JournalPage />;
    case 'sources':
      return <SourcesPage connect={<Connect />} />;
    case 'settings':
      return <SettingsPage />;
  }
}
