import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import type { CallSignals, Health, Provenance, ServiceSignals } from '../../../shared/model/signals.ts';
import { plainText } from '../../ui/plainText.ts';
import { shortCallLabel } from './callWords.ts';
import { edgeWidthPx } from './edgeLook.ts';
import { curveOf, pathOf } from './flow/callPath.ts';
import { placeLabels } from './flow/placeLabels.ts';
import { cardSize, type MapPicture } from './MapCanvas.ts';
import { briefLine, figuresLine, readyLine } from './nodeWords.ts';

/** The window's colours by their names in tokens.css, so that the picture looks like the screen it was taken from. */
export type Colours = Readonly<Record<(typeof colourNames)[number], string>>;
export const colourNames = [
  'canvas',
  'panel',
  'raised',
  'line',
  'line-strong',
  'text',
  'muted',
  'faint',
  'ok',
  'warn',
  'bad',
] as const;

interface SvgInput {
  readonly picture: MapPicture;
  readonly services: ReadonlyMap<EntityId, GraphService>;
  readonly calls: ReadonlyMap<CallId, GraphCall>;
  readonly signals: {
    readonly services: ReadonlyMap<EntityId, ServiceSignals>;
    readonly calls: ReadonlyMap<CallId, CallSignals>;
    readonly provenance: readonly Provenance[];
  };
  readonly colours: Colours;
  readonly now: number;
}

interface Drawing {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

const margin = 30;
const footPx = 34;

/** What is shown on the map as an SVG of its own, with time and source at its foot. */
export function mapAsSvg(input: SvgInput): Drawing {
  const { picture, signals, colours, now } = input;
  const boxes = [
    ...picture.containers,
    ...picture.nodes.map(({ position, height }) => ({ ...position, width: cardSize.width, height })),
  ];
  const left = Math.min(0, ...boxes.map(({ x }) => x)) - margin;
  const top = Math.min(0, ...boxes.map(({ y }) => y)) - margin;
  const width = Math.max(480, ...boxes.map((box) => box.x + box.width + margin)) - left;
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height + margin)) - top + footPx;
  const sources = signals.provenance.map(({ source }) => source).join(', ');
  const foot = `Podium · ${new Date(now).toISOString()} · ${sources === '' ? 'no source of figures' : `figures from ${sources}`}`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="Inter, system-ui, sans-serif">`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colours.canvas}"/>`,
    ...picture.containers.map((box) => containerOf(box, colours)),
    ...callsOf(input),
    ...picture.nodes.map((node) => cardOf(node, input)),
    textAt(left + margin, top + height - 14, foot, 11, colours.muted),
    '</svg>',
  ];
  return { text: parts.join('\n'), width, height };
}

function containerOf(box: MapPicture['containers'][number], colours: Colours): string {
  const name = box.environment === 'other' ? box.title : `${box.title} ${box.environment}`;
  return (
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="14" fill="${colours.panel}" stroke="${colours.line}"/>` +
    textAt(box.x + 12, box.y + 18, name, 11, colours.muted)
  );
}

function callsOf({ picture, calls, signals, colours }: SvgInput): readonly string[] {
  const places = new Map(picture.nodes.map((node) => [node.id, node]));
  const cards = picture.nodes.map(({ position, height }) => ({ ...position, width: cardSize.width, height }));
  const drawn = picture.calls.flatMap(({ id, callerId, calleeId }) => {
    const [from, to, call] = [places.get(callerId), places.get(calleeId), calls.get(id)];
    if (from === undefined || to === undefined || call === undefined) return [];
    const start = { x: from.position.x + cardSize.width, y: from.position.y + from.height / 2 };
    const end = { x: to.position.x, y: to.position.y + to.height / 2 };
    return [{ id, call, figures: signals.calls.get(id) ?? null, curve: curveOf(start, end) }];
  });
  const labels = placeLabels(drawn, cards);
  return drawn.flatMap(({ id, call, figures, curve }) => {
    const health = figures?.health ?? 'unknown';
    const stroke =
      health === 'failing' || health === 'degraded' ? healthColour(health, colours) : colours.faint;
    const dash = call.asynchronous ? ' stroke-dasharray="1 7" stroke-linecap="round"' : '';
    const line = `<path d="${pathOf(curve)}" fill="none" stroke="${stroke}" stroke-opacity="0.8" stroke-width="${edgeWidthPx(figures?.requestsPerSecond ?? null)}"${dash}/>`;
    const at = labels.get(id);
    if (at === undefined || (health !== 'failing' && !call.asynchronous)) return [line];
    const halo = ` text-anchor="middle" paint-order="stroke" stroke="${colours.canvas}" stroke-width="4"`;
    return [line, textAt(at.x, at.y + 4, shortCallLabel(call, figures), 11, stroke, halo)];
  });
}

function cardOf({ id, position, height }: MapPicture['nodes'][number], input: SvgInput): string {
  const { services, signals, colours } = input;
  const service = services.get(id);
  if (service === undefined) return '';
  const figures = signals.services.get(id) ?? null;
  const health = figures?.health ?? 'unknown';
  const outside = service.kind === 'external' || service.kind === 'unknown';
  const { x } = position;
  const words = x + 44;
  const y = position.y + (height - cardSize.height) / 2;
  return [
    `<rect x="${x}" y="${position.y}" width="${cardSize.width}" height="${height}" rx="10" fill="${colours.raised}" stroke="${outside ? colours['line-strong'] : colours.line}"${outside ? ' stroke-dasharray="4 3"' : ''}/>`,
    `<circle cx="${x + 23}" cy="${y + 29}" r="11" fill="none" stroke-width="3.5" stroke="${healthColour(health, colours)}"${health === 'unknown' ? ' stroke-dasharray="4 3"' : ''}/>`,
    textAt(words, y + 21, plainText(service.name, 22), 13, colours.text, ' font-weight="600"'),
    textAt(words, y + 36, plainText(readyLine(service), 26), 11, colours.muted),
    textAt(words, y + 50, figuresOf(figures), 11, colours.muted),
  ].join('');
}

/** Health is never colour alone. */
function figuresOf(figures: ServiceSignals | null): string {
  const troubled = figures?.health === 'failing' || figures?.health === 'degraded';
  return troubled ? `${briefLine(figures)} ${figures.health}` : figuresLine(figures);
}

function healthColour(health: Health, colours: Colours): string {
  switch (health) {
    case 'healthy':
      return colours.ok;
    case 'degraded':
      return colours.warn;
    case 'failing':
      return colours.bad;
    case 'unknown':
      return colours.faint;
  }
}

function textAt(x: number, y: number, words: string, size: number, colour: string, more = ''): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${more}>${escape(plainText(words, 200))}</text>`;
}

function escape(words: string): string {
  return (
    words
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // XML has no place for these at all, not even escaped.
      .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
  );
}
