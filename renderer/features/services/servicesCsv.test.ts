import { expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
import { servicesCsv } from './servicesCsv.ts';

const input = {
  provenance: [
    { source: 'Prometheus 3', observedAt: 0, newestSampleAt: null, windowSeconds: 60, problems: [] },
  ],
  titles: new Map([['c', 'shop']]),
  now: Date.UTC(2026, 0, 2),
};
const service: GraphService = {
  id: 'a',
  connectionId: 'c',
  kind: 'service',
  name: '=cmd()',
  namespace: 'shop',
  owner: null,
  hosts: [],
  versions: [],
  readyInstances: 0,
  desiredInstances: null,
  recentRestarts: null,
  createdAt: null,
};

test('H12 a list of services for a spreadsheet runs nothing there, and what is not known is no zero', () => {
  const [head, line, end] = servicesCsv({ ...input, services: [service], signals: new Map() }).split('\r\n');
  expect(head).toContain('health,name,kind,namespace,connection,owner,');
  expect(line).toBe("unknown,'=cmd(),service,shop,shop,,,0,,,,,,,,2026-01-02T00:00:00.000Z,Prometheus 3");
  expect(end).toBe('');
});
