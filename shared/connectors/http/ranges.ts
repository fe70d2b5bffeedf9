import { BlockList, isIP } from 'node:net';

/** Addresses and ports that the operator approved for what a peer leads to. */
export interface ApprovedRanges {
  allows(address: string, port: number): boolean;
  /** "10.0.0.0/8, ports 8080 and 9000–9010", for people; "none" where nothing is approved. */
  readonly words: string;
}

interface Range {
  readonly addresses: BlockList;
  /** Both ends included; empty: all. */
  readonly ports: readonly (readonly [number, number])[];
}

/**
 * Reads ranges, one a line or between spaces: `10.0.0.0/8`, `10.1.2.3:8080`, `10.0.0.0/8:8080,9000-9010`, `[fd00::]/8:8080`.
 * Names are not taken: what a name means is decided by whoever answers for it. Throws a `RangeError` in words.
 */
export function parseRanges(text: string): ApprovedRanges {
  const entries = text.split(/\s+/).filter((entry) => entry !== '');
  const ranges = entries.map(parseRange);
  return {
    allows: (address, port) => {
      const family = isIP(address);
      if (family === 0) return false;
      return ranges.some(
        ({ addresses, ports }) =>
          addresses.check(address, family === 6 ? 'ipv6' : 'ipv4') &&
          (ports.length === 0 || ports.some(([from, to]) => from <= port && port <= to)),
      );
    },
    words: entries.length === 0 ? 'none' : entries.join(', '),
  };
}

function parseRange(entry: string): Range {
  const [, six, four, prefix, portText] =
    /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?:\/(\d+))?(?::([\d,-]+))?$/i.exec(entry) ?? [];
  const address = six ?? four ?? '';
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const bits = prefix === undefined ? most : Number(prefix);
  if (family === 0 || bits > most)
    throw new RangeError(
      `“${entry.slice(0, 60)}” is not a range of addresses: give one as 10.0.0.0/8, 10.0.0.0/8:8080,9000-9010 or [fd00::]/8:8080.`,
    );
  const addresses = new BlockList();
  addresses.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  return { addresses, ports: portText === undefined ? [] : portText.split(',').map(portRange) };
}

function portRange(text: string): readonly [number, number] {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (!(first >= 1 && last <= 65_535 && first <= last))
    throw new RangeError(`“${text.slice(0, 20)}” is not a port or a range of ports.`);
  return [first, last];
}
