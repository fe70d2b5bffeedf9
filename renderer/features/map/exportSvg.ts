import { heldUntil, tripStops } from '../../../shared/analysis/heldTrips.ts';
import type { CallId, EntityId } from '../../../shared/model/entity.ts';
import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import type { CallSignals, Health, Provenance, ServiceSignals } from '../../../shared/model/signals.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { failingShare } from '../../ui/failingShare.ts';
import { plainText } from '../../ui/plainText.ts';
import { busiestSplit } from './busiestSplit.ts';
import { shortCallLabel } from './callWords.ts';
import { edgeWidthPx } from './edgeLook.ts';
import { splitAsSvg } from './exportSplit.ts';
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
  'pending',
  'v1',
  'v2',
  'v3',
  'v4',
  'v5',
] as const;

interface SvgInput {
  readonly picture: MapPicture;
  readonly services: ReadonlyMap<EntityId, GraphService>;
  readonly calls: ReadonlyMap<CallId, GraphCall>;
  readonly splits: readonly Split[];
  readonly trips: readonly HeldTrip[];
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
const ringPx = 11;
/** What a split takes of a card's height, with the air above it. */
const splitPx = 14;

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

function callsOf({ picture, calls, services, signals, trips, colours }: SvgInput): readonly string[] {
  const places = new Map(picture.nodes.map((node) => [node.id, node]));
  const cards = picture.nodes.map(({ position, height }) => ({ ...position, width: cardSize.width, height }));
  const drawn = picture.calls.flatMap(({ id, callerId, calleeId }) => {
    const [from, to, call] = [places.get(callerId), places.get(calleeId), calls.get(id)];
    if (from === undefined || to === undefined || call === undefined) return [];
    const start = { x: from.position.x + cardSize.width, y: from.position.y + from.height / 2 };
    const end = { x: to.position.x, y: to.position.y + to.height / 2 };
    const caller = services.get(callerId) ?? null;
    const heldWords = heldUntil(
      trips.filter((trip) => tripStops(trip, calleeId, caller)).map(({ until }) => ({ until, caller: null })),
      utcClock,
    );
    return [
      {
        id,
        call,
        figures: signals.calls.get(id) ?? null,
        curve: curveOf(start, end),
        held: heldWords !== null,
        heldWords,
      },
    ];
  });
  const labels = placeLabels(drawn, cards);
  return drawn.flatMap(({ id, call, figures, curve, held, heldWords }) => {
    const health = figures?.health ?? 'unknown';
    const troubled = health === 'failing' || health === 'degraded';
    // What an operator holds is violet, so that it never looks like a failure.
    const stroke = held ? colours.pending : troubled ? healthColour(health, colours) : colours.faint;
    const dash = call.asynchronous ? ' stroke-dasharray="1 7" stroke-linecap="round"' : '';
    const line = `<path d="${pathOf(curve)}" fill="none" stroke="${stroke}" stroke-opacity="0.8" stroke-width="${edgeWidthPx(figures?.requestsPerSecond ?? null)}"${dash}/>`;
    const at = labels.get(id);
    if (at === undefined || (!held && health !== 'failing' && !call.asynchronous)) return [line];
    const halo = ` text-anchor="middle" paint-order="stroke" stroke="${colours.canvas}" stroke-width="4"`;
    return [line, textAt(at.x, at.y + 4, heldWords ?? shortCallLabel(call, figures), 11, stroke, halo)];
  });
}

function cardOf({ id, position, height }: MapPicture['nodes'][number], input: SvgInput): string {
  const { services, signals, colours } = input;
  const service = services.get(id);
  if (service === undefined) return '';
  const figures = signals.services.get(id) ?? null;
  const held = heldUntil(
    input.trips.filter(({ calleeId }) => calleeId === id),
    utcClock,
  );
  const outside = service.kind === 'external' || service.kind === 'unknown';
  const { x } = position;
  const words = x + 44;
  const split = busiestSplit(input.splits.filter(({ serviceId }) => serviceId === id));
  const y = position.y + (height - cardSize.height) / 2 - (split === null ? 0 : splitPx / 2);
  return [
    `<rect x="${x}" y="${position.y}" width="${cardSize.width}" height="${height}" rx="10" fill="${colours.raised}" stroke="${held !== null ? colours.pending : outside ? colours['line-strong'] : colours.line}"${outside ? ' stroke-dasharray="4 3"' : ''}/>`,
    ringAt(x + 23, y + 29, figures, colours),
    textAt(words, y + 21, plainText(service.name, 22), 13, colours.text, ' font-weight="600"'),
    textAt(words, y + 36, plainText(readyLine(service), 26), 11, colours.muted),
    held === null
      ? textAt(words, y + 50, figuresOf(figures), 11, colours.muted)
      : textAt(words, y + 50, plainText(held, 34), 11, colours.pending),
    split === null
      ? ''
      : splitAsSvg(
          split,
          { x: x + 12, y: position.y + height - splitPx - 6, width: cardSize.width - 24, height: 8 },
          [colours.v1, colours.v2, colours.v3, colours.v4, colours.v5, colours.muted],
        ),
  ].join('');
}

/** The ring of the card: green but for the failing share, dashed where nothing is known. */
function ringAt(x: number, y: number, figures: ServiceSignals | null, colours: Colours): string {
  const health = figures?.health ?? 'unknown';
  const ring = `<circle cx="${x}" cy="${y}" r="${ringPx}" fill="none" stroke-width="3.5"`;
  if (health === 'unknown') return `${ring} stroke="${colours.faint}" stroke-dasharray="4 3"/>`;
  const whole = `${ring} stroke="${colours.ok}"/>`;
  if (health === 'healthy') return whole;
  const around = 2 * Math.PI * ringPx;
  const arc = failingShare(health, figures?.errorRatio ?? null) * around;
  return `${whole}${ring} stroke="${healthColour(health, colours)}" stroke-dasharray="${arc.toFixed(1)} ${around.toFixed(1)}" transform="rotate(-90 ${x} ${y})"/>`;
}

/** As the foot of the picture: who looks at it later may be anywhere. */
function utcClock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
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
