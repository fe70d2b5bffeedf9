import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { WorkloadTexts } from './WorkloadTexts.tsx';

const ref = { kind: 'Deployment', namespace: 'shop', name: 'payment-v2', uid: 'w1' } as const;

test('the way to logs promises those of the service, which hold other versions’ lines too', () => {
  const html = renderToStaticMarkup(<WorkloadTexts workload={{ ref }} serviceId="s1" />);
  expect(html).toContain('Logs of the whole service');
  expect(html).not.toMatch(/Logs of [^"<]*payment-v2/);
});

test('what only a registry knows of has neither', () => {
  const workload = { ref: { ...ref, kind: 'Application' } } as const;
  expect(renderToStaticMarkup(<WorkloadTexts workload={workload} serviceId="s1" />)).toBe('');
});
