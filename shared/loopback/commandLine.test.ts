import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCommandLine } from './commandLine.ts';

const now = Date.parse('2026-11-23T05:00:00Z');
const here = import.meta.dirname;
const above = dirname(here);
const read = (...args: string[]) => readCommandLine(args, now);

describe('the command line of the browser host', () => {
  test('asks for nothing unless it says so', () => {
    expect(read()).toEqual({ link: null, opensBrowser: true, port: 0, repositories: [] });
    expect(read('--no-open', '--port', '8080', '--repository', here, '--repository', above)).toEqual({
      link: null,
      opensBrowser: false,
      port: 8080,
      repositories: [here, above],
    });
  });

  test('opens a place by its names or by its link', () => {
    const link = 'podium://service/shop/payment?context=prod&at=2026-11-22T14%3A06%3A00.000Z';
    expect(read('open', 'prod/shop/payment', '--at', '2026-11-22T14:06Z').link).toBe(link);
    expect(read(link).link).toBe(link);
  });

  test.each([
    [['--bogus'], /^Unknown option '--bogus'\.\nnpm start -- /],
    [['--no.open'], /^Unknown option '--no\.open'\.\nnpm start -- /],
    [['--port'], /argument missing\.\nnpm start -- /],
    [['--port', '--no-open'], /^Option '--port' argument is ambiguous\.\nnpm start -- /],
    [['--port', 'abc'], /“abc” is no port/],
    [['--port', '65536'], /“65536” is no port/],
    [['--port=-1'], /“-1” is no port/],
    [['--port='], /“” is no port/],
    [['--repository', '/nowhere/to be found'], /^--repository “\/nowhere\/to be found” is not there\.$/],
    [['--repository', here, '--repository', import.meta.filename], /commandLine\.test\.ts” is no folder\.$/],
    [['--repository', `${import.meta.filename}/deploy`], /deploy” is not there\.$/],
    [['--repository='], /^--repository “” is not there\.$/],
    [['--at', '14:06'], /--at says when/],
    [['open', 'prod/shop/payment', 'more'], /is no command/],
    [['podium://elsewhere/x'], /is no command/],
    [['open', 'prod/shop/payment', '--at', '25:99'], /is no time/],
  ])('says of %j what was expected', (args, sentence) => {
    expect(() => read(...args)).toThrow(sentence);
  });
});
