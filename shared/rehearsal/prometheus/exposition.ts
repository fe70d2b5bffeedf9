/** One metric family as it stands now. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: Iterable<{
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }>;
}

/** Prometheus's text format, version 0.0.4. */
export function writeExposition(families: Iterable<Family>): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const sample of samples) {
      const labels = Object.entries(sample.labels)
        .filter(([, value]) => value !== '')
        .map(([label, value]) => `${label}="${escapeValue(value)}"`);
      const braces = labels.length === 0 ? '' : `{${labels.join(',')}}`;
      lines.push(`${sample.name}${braces} ${sample.value}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const escapeValue = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
