import { expect, test } from 'vitest';
import type { LogLane } from './logLane.ts';
import { createLogRoom } from './logRoom.ts';

/** Room for three, and what came of it. */
function roomForThree() {
  const started: string[] = [];
  const told: string[] = [];
  const over = new Set<string>();
  const room = createLogRoom<string>(
    3,
    (uid) => uid,
    (uid, isNew): LogLane => {
      started.push(isNew ? `${uid} is new` : uid);
      return {
        caughtUp: true,
        isFull: false,
        get ended() {
          return over.has(uid);
        },
        take: () => [],
      };
    },
    (meant, read) => told.push(`${read} of ${meant}`),
  );
  return { room, started, told, over };
}

test('of too many the first are read, and that is said once', () => {
  const { room, started, told } = roomForThree();
  room.take(['a', 'b', 'c', 'd', 'e']);
  room.take(['a', 'b', 'c', 'd', 'e']);
  room.take(['a', 'b', 'c', 'e']);
  expect(started).toEqual(['a', 'b', 'c']);
  expect(told).toEqual(['3 of 5']);
});

test('one that was left out is not called new when another ends', () => {
  const { room, started, over } = roomForThree();
  room.take(['a', 'b', 'c', 'd']);
  over.add('a');
  room.take(['b', 'c', 'd']);
  room.fill();
  expect(started).toEqual(['a', 'b', 'c']);
});

test('a new one is read once there is room, unless it went before', () => {
  const { room, started, over } = roomForThree();
  room.take(['a', 'b', 'c']);
  room.take(['a', 'b', 'c', 'd', 'e']);
  expect(started).toHaveLength(3);
  over.add('a');
  room.take(['b', 'c', 'e']);
  over.add('b');
  room.fill();
  expect(started).toEqual(['a', 'b', 'c', 'e is new']);
});

test('one that two connections tell of is read once', () => {
  const { room, started, told } = roomForThree();
  room.take(['a', 'b', 'c', 'a', 'b']);
  expect(started).toEqual(['a', 'b', 'c']);
  expect(told).toEqual([]);
});
