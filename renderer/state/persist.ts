import type { Settings } from '../../shared/model/settings.ts';
import { readSettings, writeSettings } from '../live/settings.ts';
import { useFilters } from './filters.ts';
import { ranges, useTime } from './time.ts';
import { setInspectorWidth, type Theme, useView } from './view.ts';

const writeAfterMs = 600;

/** Takes up what was remembered, then remembers every later change, a moment after the last. */
export async function rememberView(): Promise<void> {
  const { view } = await readSettings();
  takeUp(view);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let last = JSON.stringify(toRemember());
  const changed = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      const next = toRemember();
      const text = JSON.stringify(next);
      if (text === last) return;
      last = text;
      // Not remembering a panel's width is no harm worth a word.
      void writeSettings({ view: next }).catch(() => undefined);
    }, writeAfterMs);
  };
  useView.subscribe(changed);
  useFilters.subscribe(changed);
  useTime.subscribe(changed);
}

/** What is remembered of the window, in the shape the settings keep. */
export function toRemember(): Settings['view'] {
  const { theme, inspectorWidthPx, inspectorTab, dots } = useView.getState();
  const { queries, hideIdle } = useFilters.getState();
  return {
    theme,
    inspectorWidthPx,
    inspectorTab,
    dots,
    queries: [...queries],
    hideIdle,
    rangeSeconds: useTime.getState().rangeSeconds,
  };
}

/** Takes up what was remembered; whatever does not fit is left at its default. */
export function takeUp(view: Settings['view']): void {
  if (isTheme(view.theme)) useView.setState({ theme: view.theme });
  if (typeof view.inspectorWidthPx === 'number') setInspectorWidth(view.inspectorWidthPx);
  if (typeof view.inspectorTab === 'string') useView.setState({ inspectorTab: view.inspectorTab });
  if (typeof view.dots === 'boolean') useView.setState({ dots: view.dots });
  if (Array.isArray(view.queries)) useFilters.setState({ queries: view.queries });
  if (typeof view.hideIdle === 'boolean') useFilters.setState({ hideIdle: view.hideIdle });
  if (ranges.some(({ seconds }) => seconds === view.rangeSeconds)) {
    useTime.setState({ rangeSeconds: Number(view.rangeSeconds) });
  }
}

function isTheme(value: unknown): value is Theme {
  return value === 'system' || value === 'dark' || value === 'light';
}
