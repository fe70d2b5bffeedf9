import { describe, expect, test } from 'vitest';
import { Form } from './settings.ts';

const address = 'https://consul.example.com:8501';
const problemsOf = (typed: Record<string, string>): string[] =>
  (Form.safeParse(typed).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('what is typed to open a Consul', () => {
  test('is settings once it is read', () => {
    expect(
      Form.parse({
        address,
        token: 't-1',
        datacenter: 'dc1',
        skipVerify: 'true',
        prometheus: 'http://prometheus:9090',
        prometheusHeaders: 'Authorization: Bearer a:b\n\nX-Scope-OrgID:shop ',
        mayLeadTo: '10.0.0.0/8:19000\n127.0.0.1',
      }),
    ).toEqual({
      address,
      token: 't-1',
      datacenter: 'dc1',
      skipVerify: true,
      prometheus: {
        url: 'http://prometheus:9090',
        headers: [
          { name: 'Authorization', value: 'Bearer a:b' },
          { name: 'X-Scope-OrgID', value: 'shop' },
        ],
      },
      mayLeadTo: '10.0.0.0/8:19000\n127.0.0.1',
    });
    expect(Form.parse({ address })).toEqual({ address });
  });

  test('is refused by the field that does not fit', () => {
    expect(problemsOf({ address: 'consul:8500' })).toEqual(['address: give it as http:// or https://']);
    expect(problemsOf({ address, datacenter: 'dc1&token=x' }).join()).toContain('datacenter:');
    expect(problemsOf({ address, authority: 'MIIB' }).join()).toContain('authority: is not in PEM form');
    expect(problemsOf({ address, mayLeadTo: 'consul.example.com' }).join()).toContain('mayLeadTo: “consul');
    expect(problemsOf({ address, prometheusHeaders: 'A: b' }).join()).toContain('prometheus: headers were');
  });

  test('is never repeated where it may be a secret', () => {
    const typed = { address, prometheus: 'http://p:9090', prometheusHeaders: 'Bearer hush-hush' };
    const said = problemsOf(typed).join();
    expect(said).toContain('prometheusHeaders: a line is not');
    expect(said).not.toContain('hush');
  });
});
