import { useEffect } from 'react';

/** Closes what was opened about something that is gone: it must not open by itself when that comes back. */
export function useClosesOnceGone(isGone: boolean, onClose: () => void): void {
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);
}
