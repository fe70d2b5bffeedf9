import { selectService } from '../../state/selection.ts';
import { lookBackTo } from '../../state/time.ts';
import { showToast } from '../../state/toasts.ts';
import { showPage } from '../../state/view.ts';
import { formatMoment } from '../../ui/format.ts';

/** Shows a service, with charts and timeline back to a moment that is marked; says so where they do not go back so far. */
export function showWhen(serviceId: string, at: number, title: string): void {
  showPage('map');
  selectService(serviceId, { centre: true });
  const now = Date.now();
  if (lookBackTo(at, title, now)) return;
  showToast({
    tone: 'neutral',
    text: `That was ${formatMoment(at, now)}, further back than charts go.`,
    lastsMs: 20_000,
  });
}
