import type { AlertRule } from '../alertmanager/ruler.ts';

const calls = (more: string): string =>
  `sum(rate(istio_requests_total{reporter="destination",destination_service_name="payment"${more}}[1m]))`;

/** What the shop's people are called for: payment's calls fail, as they do while its second version gets three tenths. */
export const shopAlerts: readonly AlertRule[] = [
  {
    name: 'PaymentCallsFail',
    expression: `${calls(',response_code=~"5.."')} / ${calls('')} > 0.02`,
    forMs: 30_000,
    labels: { severity: 'critical', namespace: 'shop', service: 'payment', team: 'team-checkout' },
    annotations: (ratio) => ({
      summary: 'More than 2 % of the calls to payment fail',
      description: `${(ratio * 100).toFixed(1)} % of the calls to payment failed over the last minute.`,
      runbook_url: 'https://runbooks.example.com/payment/calls-fail',
    }),
  },
];
