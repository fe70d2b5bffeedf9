import { setInspectorWidth, setTheme, type Theme, usualInspectorWidthPx, useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice, type ChoiceOption } from '../../ui/Choice.tsx';
import { SettingCard } from './SettingCard.tsx';

const themes: readonly ChoiceOption<Theme>[] = [
  { id: 'system', title: 'As the system' },
  { id: 'dark', title: 'Dark' },
  { id: 'light', title: 'Light' },
];

/** How the window looks. */
export function AppearanceSection() {
  const theme = useView((view) => view.theme);
  const widthPx = useView((view) => view.inspectorWidthPx);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <SettingCard title="Appearance">
      <Choice label="Theme" look="row" options={themes} selected={theme} onSelect={setTheme} />
      <div className="settingRow">
        <span className="grow">
          Inspector: {widthPx} pixels wide. Drag its edge to change that; filters and the time range are
          remembered too.
        </span>
        {widthPx !== usualInspectorWidthPx && (
          <Button onPress={() => setInspectorWidth(usualInspectorWidthPx)}>Back to its usual width</Button>
        )}
      </div>
      <div className="settingRow">
        <span className="grow">
          Times are in your zone, {zone}, as the system says; with UTC where you rest the pointer.
        </span>
      </div>
    </SettingCard>
  );
}
