import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components';
import { Choice } from '../../ui/Choice.tsx';
import { TextField } from '../../ui/Field.tsx';
import { plainText } from '../../ui/plainText.ts';
import type { AnswerDraft, AnswerTarget } from './tripDraft.ts';

interface AnswerFieldProps {
  readonly draft: AnswerDraft;
  readonly targets: readonly AnswerTarget[];
  readonly onChange: (draft: AnswerDraft) => void;
}

const kinds = [
  { id: 'service', title: 'Another service or version' },
  { id: 'answer', title: 'A fixed answer' },
] as const;

/** What callers get instead: who answers, or what. */
export function AnswerField({ draft, targets, onChange }: AnswerFieldProps) {
  return (
    <div className="tripAnswer">
      <Choice
        label="Callers get"
        look="row"
        options={kinds}
        selected={draft.kind}
        onSelect={(kind) => onChange({ ...draft, kind })}
      />
      {draft.kind === 'service' ? (
        <ComboBox
          className="field"
          defaultItems={targets}
          value={draft.target}
          onChange={(key) => onChange({ ...draft, target: key === null ? null : String(key) })}
          menuTrigger="input"
        >
          <Label>Who answers</Label>
          <div className="comboRow">
            <Input className="input" placeholder="A service or version…" />
            <AriaButton className="button square" aria-label="Show all that can answer">
              <span aria-hidden="true">▾</span>
            </AriaButton>
          </div>
          <Popover className="popover">
            <ListBox<AnswerTarget>
              renderEmptyState={() => <p className="muted comboNone">No service here fits.</p>}
            >
              {(target) => (
                <ListBoxItem id={target.key} textValue={plainText(target.title, 80)}>
                  {plainText(target.title, 80)} <span className="muted">{plainText(target.note, 60)}</span>
                </ListBoxItem>
              )}
            </ListBox>
          </Popover>
        </ComboBox>
      ) : (
        <div className="tripFixed">
          <TextField
            label="Status"
            value={draft.status}
            onChange={(status) => onChange({ ...draft, status })}
          />
          <TextField
            label="Body"
            value={draft.body}
            lines={2}
            onChange={(body) => onChange({ ...draft, body })}
          />
        </div>
      )}
    </div>
  );
}
