import { sharesOf } from '../../../shared/analysis/weights.ts';
import type { Split } from '../../../shared/model/weights.ts';
import type { Box } from './flow/fitViewport.ts';

const gapPx = 2;

/** A declared split as bars beside each other, as its card shows it; a version without weight has no bar. */
export function splitAsSvg(split: Split, box: Box, tones: readonly string[]): string {
  const shares = sharesOf(split.destinations.map(({ weight }) => weight)).map((share) => share ?? 0);
  const drawn = shares.filter((share) => share > 0).length;
  const room = box.width - gapPx * Math.max(0, drawn - 1);
  let x = box.x;
  const bars = shares.map((share, index) => {
    if (share === 0) return '';
    const width = share * room;
    const bar = `<rect x="${round(x)}" y="${box.y}" width="${round(width)}" height="${box.height}" rx="2" fill="${tones[index % tones.length]}"/>`;
    x += width + gapPx;
    return bar;
  });
  return bars.join('');
}

function round(px: number): number {
  return Math.round(px * 100) / 100;
}
