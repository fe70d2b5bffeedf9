import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { Dialog, DialogActions } from './Dialog.tsx';
import { plainText } from './plainText.ts';

interface BoardDialogProps<Board> {
  readonly title: string;
  readonly widthPx: number;
  /** Null until it was read once. */
  readonly board: Board | null;
  /** Why it is not being read; what was read before stays. */
  readonly problem: string | null;
  /** Said until it was read: "Reading alerts…". */
  readonly waiting: string;
  readonly onClose: () => void;
  readonly children: (board: Board) => ReactNode;
}

/** A dialog over something that is read all the time: what it holds, and below it what of it could not be read. */
export function BoardDialog<Board extends { readonly problems: readonly string[] }>({
  title,
  widthPx,
  board,
  problem,
  waiting,
  onClose,
  children,
}: BoardDialogProps<Board>) {
  const lost = problem === null ? [] : [`Not being read any more: ${problem}`];
  return (
    <Dialog title={title} onClose={onClose} widthPx={widthPx}>
      {board === null && problem === null && <BoardWaiting words={waiting} />}
      {board === null && problem !== null && (
        <p className="boardNote" role="alert">
          {plainText(problem)} It is tried again.
        </p>
      )}
      {board !== null && children(board)}
      {[...(board?.problems ?? []), ...(board === null ? [] : lost)].map((text) => (
        <p key={text} className="toneWarn">
          {plainText(text, 300)}
        </p>
      ))}
      <DialogActions>
        <Button tone="primary" onPress={onClose} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** Said while there is nothing to show yet. */
export function BoardWaiting({ words }: { readonly words: string }) {
  return (
    <p className="boardNote" role="status">
      <span className="spinner" aria-hidden="true" /> {words}
    </p>
  );
}
