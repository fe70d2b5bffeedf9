import { formatMemory, sayEnd, addUp } from '../../../shared/analysis/instanceUse.ts';
import type { InstanceObservation } from '../../../shared/model/topology.ts';
import type { InstancesUse } from '../../../shared/model/usage.ts';
import { formatRatio, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

interface InstanceUseProps {
  readonly instance: InstanceObservation;
  readonly use: InstancesUse | null;
}

/** What an instance uses of what it may, and how its container ended last. */
export function InstanceUse({ instance, use }: InstanceUseProps) {
  const { lastEnd } = instance;
  const uses = use?.byInstance[instance.uid];
  if (uses === undefined && lastEnd === undefined) return null;
  const { cpuCores, cpuLimitCores, memoryBytes, memoryLimitBytes, throttled, memory } = addUp(
    instance,
    uses ?? [],
  );
  const isHeld = throttled !== null && throttled.ratio >= 0.25;
  const isFull = memory !== null && memory.ratio >= 0.9;
  return (
    <p className="instanceUse">
      {cpuCores !== null && (
        <Used
          of="CPU"
          ratio={cpuLimitCores === null ? null : cpuCores / cpuLimitCores}
          text={`${cores(cpuCores)} of ${cpuLimitCores === null ? 'no limit' : cores(cpuLimitCores)}${
            throttled !== null && throttled.ratio >= 0.01 ? `, held back ${formatRatio(throttled.ratio)}` : ''
          }`}
          isBad={isHeld}
        />
      )}
      {memoryBytes !== null && (
        <Used
          of="Memory"
          ratio={memoryLimitBytes === null ? null : memoryBytes / memoryLimitBytes}
          text={`${formatMemory(memoryBytes)} of ${memoryLimitBytes === null ? 'no limit' : formatMemory(memoryLimitBytes)}${
            isFull ? `, ${plainText(memory.container, 40)} at ${formatRatio(memory.ratio)}` : ''
          }`}
          isBad={isFull}
        />
      )}
      {lastEnd !== undefined && (
        <span className={lastEnd.reason === 'OOMKilled' ? 'toneWarn' : 'muted'}>
          {plainText(lastEnd.container, 40)} ended before: {plainText(sayEnd(lastEnd), 80)}
          {lastEnd.at !== null && `, ${formatUtc(lastEnd.at)}`}
        </span>
      )}
    </p>
  );
}

/** A word, a bar that shows the part, and the same in figures. */
function Used({
  of,
  ratio,
  text,
  isBad,
}: {
  readonly of: string;
  readonly ratio: number | null;
  readonly text: string;
  readonly isBad: boolean;
}) {
  return (
    <span className={isBad ? 'used num toneWarn' : 'used num muted'}>
      {of}
      {ratio !== null && (
        <i className="usedBar" aria-hidden="true">
          <i style={{ width: `${Math.min(100, Math.max(2, ratio * 100))}%` }} />
        </i>
      )}
      {text}
    </span>
  );
}

/** "0.42": cores, as limits count them. */
const cores = (value: number): string => String(value < 9.95 ? Number(value.toFixed(2)) : Math.round(value));
