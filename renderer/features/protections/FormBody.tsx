import { Input, Label, Text, TextField } from 'react-aria-components';
import type { ProtectionField, ProtectionForm } from '../../../shared/model/protection.ts';
import { DocumentYaml } from '../../ui/documentViews.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { fieldProblem, type FormDraft, isTrapSprung, shownValue } from './formDraft.ts';

interface FormBodyProps {
  readonly form: ProtectionForm;
  readonly draft: FormDraft;
  readonly onType: (key: string, text: string) => void;
}

/** The fields of one document in its own words, and the document itself beside them. */
export function FormBody({ form, draft, onType }: FormBodyProps) {
  const { document, yaml } = form;
  const name = document === null ? 'a new document' : `${document.kind} ${document.name}`;
  return (
    <div className="protectionColumns">
      <div>
        {form.sections.map((section) => (
          <Section key={section.title} title={plainText(section.title, 80)}>
            <div className="protectionFields">
              {section.fields.map((field) => (
                <Field
                  key={field.key}
                  field={field}
                  text={shownValue(field, draft)}
                  changed={
                    draft[field.key] !== undefined && shownValue(field, draft) !== shownValue(field, {})
                  }
                  readOnly={form.readOnly !== null}
                  onType={(text) => onType(field.key, text)}
                />
              ))}
            </div>
          </Section>
        ))}
      </div>
      <Section title={document === null ? 'Document' : plainText(`Document · ${name}`, 120)}>
        {yaml === '' ? (
          <p className="muted">There is none yet; it is created with these values.</p>
        ) : (
          <DocumentYaml label={`${name} as YAML`} text={yaml} findings={noFindings} />
        )}
      </Section>
    </div>
  );
}

const noFindings: readonly never[] = [];

interface FieldProps {
  readonly field: ProtectionField;
  readonly text: string;
  readonly changed: boolean;
  readonly readOnly: boolean;
  readonly onType: (text: string) => void;
}

function Field({ field, text, changed, readOnly, onType }: FieldProps) {
  const problem = fieldProblem(field, text);
  const sprung = isTrapSprung(field, text);
  return (
    <TextField
      className={changed ? 'field protectionField changed' : 'field protectionField'}
      value={text}
      onChange={onType}
      isReadOnly={readOnly}
      isInvalid={problem !== null}
    >
      <Label>
        <code>{plainText(field.title, 60)}</code>
        {field.unit !== null && <span> · {plainText(field.unit, 40)}</span>}
      </Label>
      <Input className="input" placeholder={`unset: ${plainText(field.whenUnset, 60)}`} />
      <Text slot="description" className="fieldNote">
        {plainText(field.help, 300)}
        {field.trap !== null && (
          <span
            className={sprung ? 'protectionTrap sprung' : 'protectionTrap'}
            role={sprung ? 'alert' : undefined}
          >
            {plainText(field.trap, 300)}
          </span>
        )}
        {problem !== null && (
          <span className="toneBad" role="alert">
            {problem}
          </span>
        )}
      </Text>
    </TextField>
  );
}
