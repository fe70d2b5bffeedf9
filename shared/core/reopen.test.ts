import { expect, test } from 'vitest';
import { createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { openPaper } from '../../test/support/openPaper.ts';
import { createPaper } from '../../test/support/paperConnector.ts';

test('a console starts although what is held cannot be looked for', async () => {
  const { canaries } = createMemoryPorts();
  const broken = { ...canaries, open: () => Promise.reject(new Error('disk I/O error')) };
  await using here = await openPaper(createPaper(), { start: true, ports: { canaries: broken } });
  expect((await here.client.connections.discover()).candidates).toHaveLength(1);
});
