import './help.css';
import { useView } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { HealthRing } from '../../ui/HealthRing.tsx';
import { keyGroups } from './keys.ts';
import { findExamples, legend } from './legend.tsx';

/** All keys, what the signs on the map mean, and what can be typed into find. */
export function HelpDialog() {
  const open = useView((view) => view.helpOpen);
  if (!open) return null;
  const close = (): void => useView.setState({ helpOpen: false });
  return (
    <Dialog title="Keys and signs" onClose={close} widthPx={820}>
      <div className="help">
        <div>
          {keyGroups.map((group) => (
            <section key={group.title}>
              <h3 className="sectionTitle">{group.title}</h3>
              <dl>
                {group.keys.map(({ keys, what }) => (
                  <div key={what} className="helpRow">
                    <dt>
                      <kbd>{keys}</kbd>
                    </dt>
                    <dd>{what}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <div>
          <section>
            <h3 className="sectionTitle">Signs on the map</h3>
            <dl>
              {(['healthy', 'degraded', 'failing', 'unknown'] as const).map((health) => (
                <div key={health} className="helpRow">
                  <dt>
                    <HealthRing health={health} errorRatio={health === 'failing' ? 0.25 : 0.1} />
                  </dt>
                  <dd>{legend[health]}</dd>
                </div>
              ))}
              {legend.lines.map(({ sign, what }) => (
                <div key={what} className="helpRow">
                  <dt>{sign}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
          <section>
            <h3 className="sectionTitle">Find, also combined</h3>
            <dl>
              {findExamples.map(({ text, what }) => (
                <div key={text} className="helpRow">
                  <dt>
                    <code>{text}</code>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
      </div>
      <DialogActions>
        <Button tone="primary" onPress={close} autoFocus>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}
