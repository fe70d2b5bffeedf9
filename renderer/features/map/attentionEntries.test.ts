import { expect, test } from 'vitest';
import type { CertificateKind, EndingCertificate } from '../../../shared/model/certificate.ts';
import type { Attention as AttentionLine } from '../../../shared/model/signals.ts';
import { type EndingService, endingServices } from '../../live/certificates.ts';
import { type AttentionEntry, attentionEntries, drawnOf } from './attentionEntries.ts';

const now = Date.UTC(2026, 10, 22);
const dayMs = 86_400_000;

const line = (serviceId: string, health: AttentionLine['health']): AttentionLine => ({
  serviceId,
  health,
  failedPerSecond: 1,
  text: 'told',
});
const certificate = (
  serviceId: string | null,
  days: number,
  kind: CertificateKind = 'secret',
): EndingCertificate => ({
  connectionId: 'c',
  kind,
  where: '',
  subject: kind,
  usedBy: null,
  serviceIds: serviceId === null ? [] : [serviceId],
  startsAt: null,
  endsAt: now + days * dayMs,
});
const ending = (...certificates: EndingCertificate[]): EndingService[] => endingServices(certificates, now);
const namesOf = (entries: readonly AttentionEntry[]): string[] =>
  entries.map((entry) => ('line' in entry ? entry.line.serviceId : entry.elsewhere.first.subject));

const lines = [line('payment', 'failing'), line('search', 'degraded'), line('cart', 'degraded')];

test('a certificate that has ended comes after what fails and before what is degraded, one that ends soon last', () => {
  const entries = attentionEntries(lines, ending(certificate('edge', -1), certificate('shop', 12)), now);
  expect(namesOf(entries)).toEqual(['payment', 'edge', 'search', 'cart', 'shop']);
});

test('a degraded service whose certificate has ended comes before others that are degraded', () => {
  const entries = attentionEntries(lines, ending(certificate('cart', -1)), now);
  expect(namesOf(entries)).toEqual(['payment', 'cart', 'search']);
});

test.each(['meshRoot', 'meshIssuer', 'server'] as const)(
  'a certificate of kind %s comes before what is degraded in its last week, not before',
  (kind) => {
    const inDays = (days: number): string[] =>
      namesOf(
        attentionEntries(lines, ending(certificate(null, 1, 'user'), certificate(null, days, kind)), now),
      );
    expect(inDays(5)).toEqual(['payment', kind, 'search', 'cart']);
    expect(inDays(12)).toEqual(['payment', 'search', 'cart']);
  },
);

test('what has ended is drawn where the list is folded, and where many fail', () => {
  const many = Array.from({ length: 9 }, (_, i) => line(`failing${i}`, 'failing'));
  const ended = ending(certificate('edge', -1), certificate('shop', 12));
  expect(namesOf(drawnOf(attentionEntries(many, ended, now), 1))).toEqual(['failing0', 'edge']);
  expect(namesOf(drawnOf(attentionEntries(many, ended, now), 5))).toHaveLength(6);
});

test('a hundred that have ended leave the map its room', () => {
  const ended = ending(...Array.from({ length: 100 }, (_, i) => certificate(`edge${i}`, -1)));
  expect(drawnOf(attentionEntries([], ended, now), 1)).toHaveLength(4);
});
