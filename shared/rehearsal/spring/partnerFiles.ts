/** What the partners' Config Server hands out, as it lies in its folder. */
export const partnerFiles: Readonly<Record<string, string>> = {
  'application.yml': `# For every service of the partners.
shop:
  currency: EUR
  support: partners@shop.example.com
management:
  tracing:
    sampling:
      probability: 0.1
`,
  'pricing.yml': `pricing:
  # How long a price may be told again without asking.
  cache-seconds: 30
  rounding: half-up
  vat-percent: 19
`,
  'customers.yml': `customers:
  greeting: Good day
  page-size: 50
`,
  'notification.yml': `notification:
  sender: no-reply@shop.example.com
  quiet-hours: 22-07
`,
};
