import type { ServiceDetail } from '../../../shared/model/inspect.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { WhatShowsCalls } from '../../ui/WhatShowsCalls.tsx';
import { CallList } from './CallList.tsx';
import { SourceLine } from './SourceLine.tsx';

/** Everyone who calls and is called, each with what guards the call and what guards nothing. */
export function CallsTab({ detail }: { readonly detail: ServiceDetail }) {
  const { callsIn, callsOut } = detail;
  if (callsIn.length === 0 && callsOut.length === 0) {
    return (
      <EmptyState title="No calls known">
        <p>No source has seen a call to or from it in the window: nobody calls, or nobody tells.</p>
        <details className="untoldCalls">
          <summary>What would show who calls whom</summary>
          <WhatShowsCalls />
        </details>
      </EmptyState>
    );
  }
  return (
    <div className="inspectorPart">
      <CallList direction="in" calls={callsIn} />
      <CallList direction="out" calls={callsOut} />
      <p className="chartSource">
        <SourceLine provenance={detail.provenance} />
      </p>
    </div>
  );
}
