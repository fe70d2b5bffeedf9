import { useEffect } from 'react';
import { useView } from '../../state/view.ts';

/** Sets the theme on the document: what was chosen, else what the system says. */
export function useTheme(): void {
  const theme = useView((view) => view.theme);
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: light)');
    const set = (): void => {
      document.documentElement.dataset.theme =
        theme === 'light' || (theme === 'system' && system.matches) ? 'light' : 'dark';
    };
    set();
    system.addEventListener('change', set);
    return () => system.removeEventListener('change', set);
  }, [theme]);
}
