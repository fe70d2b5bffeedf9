import { create } from 'zustand';

/** The pages of the rail. */
export const pages = ['map', 'services', 'config', 'journal', 'sources', 'settings'] as const;
export type Page = (typeof pages)[number];

export type Theme = 'system' | 'dark' | 'light';

/** One entry of the help: a check of the review, or something that can be found. */
export interface HelpPlace {
  readonly about: 'guard' | 'finding';
  readonly id: string;
}

/** How the window is arranged. What is here is remembered, but for `page` and what is open just now. */
export interface ViewState {
  readonly page: Page;
  readonly theme: Theme;
  readonly inspectorWidthPx: number;
  readonly inspectorTab: string;
  /** Dots move along calls. */
  readonly dots: boolean;
  readonly helpOpen: boolean;
  /** What the help opens at; null for its beginning. */
  readonly helpAt: HelpPlace | null;
  readonly paletteOpen: boolean;
  /** The page of sources offers to connect another. */
  readonly connecting: boolean;
}

export const inspectorWidthLimits = { least: 320, most: 720 } as const;

export const usualInspectorWidthPx = 392;

export const useView = create<ViewState>(() => ({
  page: 'map',
  theme: 'system',
  inspectorWidthPx: usualInspectorWidthPx,
  inspectorTab: 'overview',
  dots: false,
  helpOpen: false,
  helpAt: null,
  paletteOpen: false,
  connecting: false,
}));

export function showPage(page: Page): void {
  useView.setState({ page });
}

/** Opens the help where it tells of exactly this. */
export function openHelpAt(about: HelpPlace['about'], id: string): void {
  useView.setState({ helpOpen: true, helpAt: { about, id } });
}

export function closeHelp(): void {
  useView.setState({ helpOpen: false, helpAt: null });
}

/** Where connections are made and changed. */
export function showConnect(): void {
  useView.setState({ page: 'sources', connecting: true });
}

export function setTheme(theme: Theme): void {
  useView.setState({ theme });
}

export function setDots(dots: boolean): void {
  useView.setState({ dots });
}

export function setInspectorTab(inspectorTab: string): void {
  useView.setState({ inspectorTab });
}

export function setInspectorWidth(widthPx: number): void {
  const { least, most } = inspectorWidthLimits;
  useView.setState({ inspectorWidthPx: Math.round(Math.min(most, Math.max(least, widthPx))) });
}
