import { updateLayout } from '../../../shared/analysis/placeNew.ts';
import type { LayoutAnswer, LayoutQuestion } from './layoutMessages.ts';

// The window's own types know `self` as a window; here it is a dedicated worker, which has these two.
const worker = self as unknown as {
  onmessage: ((event: MessageEvent<LayoutQuestion>) => void) | null;
  postMessage: (answer: LayoutAnswer) => void;
};

worker.onmessage = ({ data }) => {
  const positions = updateLayout(data.nodes, data.edges, new Map(data.known), new Map(data.fixed));
  worker.postMessage({ sequence: data.sequence, positions: Object.fromEntries(positions) });
};
