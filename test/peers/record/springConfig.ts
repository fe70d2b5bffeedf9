import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpringPeer } from '../start/spring.ts';
import { configUrl, springInstances } from '../start/springShop.ts';
import type { Recorder } from './recorder.ts';

/** A file of several documents, and YAML that is read otherwise than it looks. */
const oddText = `a:
  b: 'quoted'
  list: [one, two]
  nothing: null
  emptyMap: {}
  on: yes
  oct: 0777
  date: 2001-12-14
  exp: 1e3
  "[weird key]": w
---
spring.config.activate.on-profile: prod
a.b: of production
`;

/** What the Config Server makes of odd files; properties that are masked, unknown, or not to be written; a logger without a parent. */
export async function recordSpringConfig(recorder: Recorder, peer: SpringPeer): Promise<void> {
  const server = { url: configUrl, user: 'anyone' };
  const odd = join(peer.configFolder, 'odd.yml');
  await writeFile(odd, oddText);
  await recorder.record('config-odd', server, { path: '/odd/default' });
  await recorder.record('config-odd-prod', server, { path: '/odd/prod' });
  await writeFile(odd, 'a: 1\na: 2\n');
  await recorder.record('config-broken', server, { path: '/odd/default' });
  await rm(odd);

  const [, , order] = springInstances;
  const at = { url: `http://${order.address}:8080`, user: 'anyone' };
  const post = (name: string, path: string, body: unknown) =>
    recorder.record(name, at, { method: 'POST', path: `/actuator${path}`, body });
  await recorder.record('env-unknown', at, { path: '/actuator/env/no.such.key' });
  await recorder.record('logger-unknown', at, { path: '/actuator/loggers/no.such.logger' });
  await post('logger-root-reset', '/loggers/ROOT', { configuredLevel: null });

  // As Spring Boot has it where nobody says otherwise.
  await peer.stop(order.id);
  await peer.start(order, { management: { endpoints: { web: { exposure: { include: '*' } } } } });
  await recorder.record('env-property-masked', at, { path: '/actuator/env/shop.note' });
  await post('env-post-disabled', '/env', { name: 'shop.note', value: 'x' });
  await recorder.record('env-delete-disabled', at, { method: 'DELETE', path: '/actuator/env' });
  await peer.stop(order.id);
  await peer.start(order);
}
