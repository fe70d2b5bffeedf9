import { hitsOf, type MatchAnswer, type MatchQuestion } from './logFilter.ts';

// The window's own types know `self` as a window; here it is a dedicated worker, which has these two.
const worker = self as unknown as {
  onmessage: ((event: MessageEvent<MatchQuestion>) => void) | null;
  postMessage: (answer: MatchAnswer) => void;
};

worker.onmessage = ({ data }) => worker.postMessage({ sequence: data.sequence, hits: hitsOf(data) });
