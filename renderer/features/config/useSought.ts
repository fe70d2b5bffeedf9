import { useEffect, useState } from 'react';
import { forgetSought, useConfigPage } from '../../state/configPage.ts';
import type { TextRange } from '../../ui/textRange.ts';
import { soughtPlace } from './soughtPlace.ts';

/** Where in this text what was sought stands, if the operator came here for it; asked once, when the text is drawn. */
export function useSought(text: string): TextRange | null {
  const [place] = useState(() => {
    const { sought } = useConfigPage.getState();
    return sought === null ? null : soughtPlace(text, sought);
  });
  useEffect(forgetSought, []);
  return place;
}
