import {
  setDots,
  setInspectorWidth,
  setTheme,
  type Theme,
  usualInspectorWidthPx,
  useView,
} from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice, type ChoiceOption } from '../../ui/Choice.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { useMotion } from '../../ui/useMotion.ts';
import { SettingCard } from './SettingCard.tsx';

const themes: readonly ChoiceOption<Theme>[] = [
  { id: 'system', title: 'As the system' },
  { id: 'dark', title: 'Dark' },
  { id: 'light', title: 'Light' },
];

/** How the window looks. */
export function AppearanceSection() {
  const theme = useView((view) => view.theme);
  const dots = useView((view) => view.dots);
  const mayMove = useMotion();
  const widthPx = useView((view) => view.inspectorWidthPx);
  return (
    <SettingCard title="Appearance">
      <Choice label="Theme" look="row" options={themes} selected={theme} onSelect={setTheme} />
      <Checkbox checked={dots} onChange={setDots}>
        Moving dots on calls, the denser the more traffic
        {dots && !mayMove && <span className="muted"> · not drawn: your system asks for less motion</span>}
      </Checkbox>
      <div className="settingRow">
        <span className="grow">
          Inspector: {widthPx} pixels wide. Drag its edge to change that; filters and the time range are
          remembered too.
        </span>
        {widthPx !== usualInspectorWidthPx && (
          <Button onPress={() => setInspectorWidth(usualInspectorWidthPx)}>Back to its usual width</Button>
        )}
      </div>
    </SettingCard>
  );
}
