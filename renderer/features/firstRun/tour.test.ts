import { expect, test } from 'vitest';
import { tourProgress, tourSteps, type TourSeen } from './tour.ts';

const nothing: TourSeen = {
  splitServiceSelected: false,
  pending: false,
  reviewing: false,
  applied: false,
  measured: false,
  undone: false,
};

test('the tour has five steps', () => {
  expect(tourSteps).toHaveLength(5);
});

test('a step once done stays done', () => {
  const picked = tourProgress(0, { ...nothing, splitServiceSelected: true });
  expect(tourProgress(picked, nothing)).toBe(1);
});

test('who is ahead of the tour is not led back', () => {
  expect(tourProgress(0, { ...nothing, reviewing: true })).toBe(3);
});

test('applied is not yet measured', () => {
  expect(tourProgress(3, { ...nothing, applied: true })).toBe(3);
  expect(tourProgress(3, { ...nothing, applied: true, measured: true })).toBe(4);
});
