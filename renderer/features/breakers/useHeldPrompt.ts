import { useEffect } from 'react';
import { useTrips } from '../../live/trips.ts';

/**
 * Asks before a browser's page is left while trips are held. The desktop asks for itself when it quits: a window that
 * refused to close would say nothing there.
 */
export function useHeldPrompt(): void {
  const held = useTrips().length > 0;
  useEffect(() => {
    if (!held || location.protocol !== 'http:') return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [held]);
}
