import { expect, test } from 'vitest';
import type { EndingCertificate } from '../../shared/model/certificate.ts';
import { endingServices } from './certificates.ts';

const ending = (subject: string, endsAt: number, ...serviceIds: string[]): EndingCertificate => ({
  connectionId: 'c',
  kind: 'secret',
  where: `Secret shop/${subject}`,
  subject,
  usedBy: null,
  serviceIds,
  startsAt: null,
  endsAt,
});

test('of each service the certificate that ends first is told, with how many there are; the mesh’s are of none', () => {
  const [a, b, root] = [ending('a', 1, 'edge', 'shop'), ending('b', 2, 'edge'), ending('root', 3)];
  expect(endingServices([a, b, root], 0)).toEqual([
    { serviceId: 'edge', first: a, count: 2 },
    { serviceId: 'shop', first: a, count: 1 },
    { serviceId: null, first: root, count: 1 },
  ]);
});

test('a root that is about to end comes before a login that ends sooner', () => {
  const login = { ...ending('me', 1), kind: 'user' as const };
  const root = { ...ending('root', 2), kind: 'meshRoot' as const };
  expect(endingServices([login, root], 0)).toEqual([{ serviceId: null, first: root, count: 2 }]);
});
