import { useState } from 'react';
import { useAsked } from '../../client/useAsked.ts';
import { closeAbout } from '../../state/about.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { offerFile } from '../../ui/offerFile.ts';
import { plainText } from '../../ui/plainText.ts';

/** The report for whoever mends Podium, in full sight before it is saved. Nothing is sent anywhere. */
export function ReportDialog() {
  const [withNames, setWithNames] = useState(false);
  const { value, problem, again } = useAsked(`report ${withNames}`, (client) =>
    client.about.bundle({ withNames }),
  );
  return (
    <Dialog title="Report for a bug" onClose={closeAbout} widthPx={860}>
      <p className="muted">
        Versions, what was found, settings without secrets, what was done without its contents, and the last
        lines of the log. It is sent nowhere: read it, save it, and give it to whom you like.
      </p>
      <div className="aboutReportTick">
        <Checkbox checked={withNames} onChange={setWithNames}>
          With the real names of services, hosts and people; without it they are replaced
        </Checkbox>
      </div>
      {value === null ? (
        problem === null ? (
          <EmptyState title="Putting it together…" busy />
        ) : (
          <EmptyState
            title="It could not be put together"
            actions={<Button onPress={again}>Try again</Button>}
          >
            {problem}
          </EmptyState>
        )
      ) : (
        <textarea
          className="input mono aboutReport"
          aria-label="The report"
          readOnly
          rows={22}
          value={plainText(value.text, value.text.length)}
        />
      )}
      <DialogActions>
        <Button onPress={closeAbout}>Close</Button>
        <Button
          tone="primary"
          isDisabled={value === null}
          onPress={() => {
            if (value !== null)
              offerFile(value.fileName, new Blob([value.text], { type: 'application/json' }));
          }}
        >
          Save as a file
        </Button>
      </DialogActions>
    </Dialog>
  );
}
