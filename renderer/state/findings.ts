import { create } from 'zustand';
import type { EntityId } from '../../shared/model/entity.ts';
import type { FindingRule } from '../../shared/model/registryFinding.ts';
import { closeAbout } from './about.ts';
import { selectService } from './selection.ts';
import { setInspectorTab, showPage } from './view.ts';

/** Whether all findings are listed just now. */
export const useFindingList = create<{ readonly open: boolean }>(() => ({ open: false }));

export function listFindings(): void {
  useFindingList.setState({ open: true });
}

export function closeFindings(): void {
  useFindingList.setState({ open: false });
}

/** Brings a service into view, with all that is known of it. */
export function goToService(serviceId: EntityId): void {
  closeFindings();
  closeAbout();
  showPage('map');
  setInspectorTab('overview');
  selectService(serviceId, { centre: true });
}

/** Brings the cause into view: the service on the map, and in its inspector where the finding can be seen. */
export function goToCause(serviceId: EntityId, rule: FindingRule): void {
  closeFindings();
  showPage('map');
  setInspectorTab(rule === 'versions-differ' ? 'overview' : 'instances');
  selectService(serviceId, { centre: true });
}
