import { useMemo } from 'react';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { Mark, ServiceCharts } from '../../../shared/model/signals.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { useWatched, type Watched } from '../../client/useWatched.ts';
import { useMarks, useTime } from '../../state/time.ts';
import { Chart } from '../../ui/Chart.tsx';
import { formatLatency, formatRate } from '../../ui/format.ts';
import { Problems } from './Problems.tsx';
import { SourceLine } from './SourceLine.tsx';
import { toneOf } from './splitView.ts';

interface ServiceChartsViewProps {
  readonly service: GraphService;
  /** The split whose order gives the versions their colours. */
  readonly split: Split | null;
}

const none: readonly Mark[] = [];

/** Latency, failures and rate by version over the chosen range, with what happened when. */
export function ServiceChartsView({ service, split }: ServiceChartsViewProps) {
  const rangeSeconds = useTime((time) => time.rangeSeconds);
  const charts: Watched<ServiceCharts> = useWatched(`${service.id} ${rangeSeconds}`, (client, signal) =>
    client.signals.charts({ serviceId: service.id, rangeSeconds }, { signal }),
  );
  const value = charts.value;
  const marks = useMarks(value?.marks ?? none);
  const toneKey = (value?.p99Ms ?? []).map((line) => toneOf(line.name, split, service.versions)).join();
  // The same array while the colours are the same: a new one would draw all charts again for nothing.
  const tones = useMemo(() => toneKey.split(',').map(Number), [toneKey]);
  if (value === null) {
    return (
      <Problems texts={charts.problem === null ? [] : [`Charts: ${charts.problem} It is tried again.`]} />
    );
  }
  const common = { from: value.from, stepSeconds: value.stepSeconds, marks, tones };
  return (
    <div className="inspectorCharts">
      <Chart {...common} title="Latency p99, ms" series={value.p99Ms} heightPx={122} format={formatLatency} />
      <Chart
        {...common}
        title="Failed, %"
        series={value.errorRatio}
        heightPx={80}
        scale={100}
        format={percent}
      />
      <Chart
        {...common}
        title="Requests a second"
        series={value.requestsPerSecond}
        heightPx={80}
        format={formatRate}
      />
      <p className="chartSource">
        <SourceLine provenance={value.provenance} />
      </p>
      <Problems texts={charts.problem === null ? [] : [`Charts are from before: ${charts.problem}`]} />
    </div>
  );
}

function percent(value: number): string {
  return `${Number(value.toPrecision(3))} %`;
}
