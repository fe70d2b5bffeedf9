import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLabels } from './labels.ts';
import { createSeries, createTimeline } from './series.ts';

describe('a series', () => {
  it('gives back what was put in, however its chunks are kept, and forgets only what is too old', () => {
    const value = fc.oneof(fc.constant(7), fc.nat(), fc.double({ noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 5, max: 200 }),
        (values, capacity) => {
          const timeline = createTimeline(capacity);
          const series = createSeries(createLabels({ a: 'b' }), timeline);
          values.forEach((one, index) => {
            timeline.push(index * 1000);
            series.append(one);
          });
          const into = new Float64Array(values.length);
          series.read(timeline.oldest(), values.length - 1, into);
          for (let index = timeline.oldest(); index < values.length; index += 1) {
            expect(series.value(index)).toBe(values[index]);
            expect(into[index - timeline.oldest()]).toBe(values[index]);
            expect(timeline.lastAtOrBefore(index * 1000 + 999)).toBe(index);
          }
          expect(Number.isNaN(timeline.at(timeline.oldest() - 1))).toBe(true);
        },
      ),
    );
  });
});
