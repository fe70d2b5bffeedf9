import { expect, test } from 'vitest';
import { followRoutes } from '../controllers/routeStatus.ts';
import { fieldsAt } from '../traffic/reading.ts';
import { recording, startReplay, timeless } from './recordedReplay.ts';

const walk = [
  'route-create',
  'route-create-grpc',
  'route-accepted',
  'route-weight-negative',
  'route-weight-too-large',
  'route-weight-text',
  'route-unknown-field-strict',
  'route-weight',
  'route-weight-overtaken',
  'route-annotate',
  'route-annotate-overtaken',
  'route-backend',
  'route-backend-missing',
];

test('the whole walk through a route is answered step by step as the real server and istiod answered', async () => {
  await using replay = await startReplay({ serves: ['gateway.networking.k8s.io'] });
  for (const name of ['till', 'till-v1', 'till-v2'])
    replay.store.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec: { ports: [{ port: 8080 }] },
    });
  const unfollow = followRoutes(replay.store, Date.now);
  try {
    for (const name of walk) {
      const recorded = recording(name);
      const { status, body } = await replay.answer(recorded);
      expect([name, status]).toEqual([name, recorded.response.status]);
      expect(seen(body), name).toEqual(seen(recorded.response.body));
      // Of a write the real server answers before istiod has spoken of it.
      if (recorded.request.method === 'GET')
        expect(wordsIn(body), name).toEqual(wordsIn(recorded.response.body));
    }
  } finally {
    unfollow();
  }
});

/** What of an answer the same server would say at any time: a route's specification and notes, a refusal's reasons. */
function seen(body: unknown): unknown {
  const { kind, reason, code, spec, details } = fieldsAt(body);
  const { generation, annotations } = fieldsAt(body, 'metadata');
  if (kind !== 'Status') return { kind, generation, annotations, spec };
  // The document that the refusal of a patch quotes whole has its fields in nobody's order.
  const causes = JSON.stringify(fieldsAt(details)['causes'] ?? null).replace(/\\"\{.*\}\\"/, 'document');
  return { reason, code, causes };
}

const wordsIn = (body: unknown): unknown => timeless(fieldsAt(body, 'status')['parents'] ?? null);
