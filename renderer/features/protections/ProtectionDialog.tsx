import './protections.css';
import { useState } from 'react';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { PlacedForm } from '../../../shared/model/protection.ts';
import { useAsked } from '../../client/useAsked.ts';
import { useConnection } from '../../live/connections.ts';
import { useService } from '../../live/topology.ts';
import { closeProtections, type ProtectionRequest, useProtectionDialogs } from '../../state/protections.ts';
import { putOnTray } from '../../state/putOnTray.ts';
import { openReview } from '../../state/review.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog, DialogActions } from '../../ui/Dialog.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Select } from '../../ui/Select.tsx';
import { changedValues, draftProblem, type FormDraft } from './formDraft.ts';
import { FormBody } from './FormBody.tsx';
import { proposalFor } from './proposals.ts';

/** Time-outs, retries, limits and ejection of a service as forms, each beside its document. It writes nothing: review does. */
export function ProtectionDialog() {
  const request = useProtectionDialogs((state) => state.request);
  const service = useService(request?.serviceId ?? null);
  if (request === null) return null;
  const title = `Protections of ${plainText(service?.name ?? 'a service that is gone', 80)}`;
  return (
    <Dialog title={title} onClose={closeProtections} widthPx={980} closesOutside={false}>
      {service === null ? (
        <Nothing words="No source names this service any more." />
      ) : (
        <Reading service={service} request={request} />
      )}
    </Dialog>
  );
}

function Reading({
  service,
  request,
}: {
  readonly service: GraphService;
  readonly request: ProtectionRequest;
}) {
  const forms = useAsked(service.id, (client, signal) =>
    client.protections.forms({ serviceId: service.id }, { signal }),
  );
  return (
    <>
      {forms.value === null && forms.problem === null && (
        <p className="tripBusy" role="status">
          <span className="spinner" aria-hidden="true" /> Reading what is declared…
        </p>
      )}
      {forms.problem !== null && <Nothing words={forms.problem} again={forms.again} />}
      {forms.value !== null && forms.value.length === 0 && (
        <Nothing words="No system that knows this service has protections that can be edited here." />
      )}
      {forms.value !== null && forms.value.length > 0 && (
        <Forms service={service} forms={forms.value} propose={request.propose} />
      )}
    </>
  );
}

interface FormsProps {
  readonly service: GraphService;
  readonly forms: readonly PlacedForm[];
  readonly propose: ProtectionRequest['propose'];
}

function Forms({ service, forms, propose }: FormsProps) {
  const [proposal] = useState(() =>
    propose === null
      ? null
      : proposalFor(
          propose.kind,
          propose.figures,
          forms.map((each) => ({ ...each, id: keyOf(each) })),
        ),
  );
  const [chosen, setChosen] = useState(proposal?.formId ?? '');
  const [drafts, setDrafts] = useState<Readonly<Record<string, FormDraft>>>(
    proposal === null ? {} : { [proposal.formId]: proposal.draft },
  );
  const form = forms.find((each) => keyOf(each) === chosen) ?? forms[0];
  const connection = useConnection(form?.connectionId ?? null);
  if (form === undefined) return null;
  const key = keyOf(form);
  const isSeveral = forms.some(({ connectionId }) => connectionId !== form.connectionId);
  const draft = drafts[key] ?? {};
  const values = changedValues(form, draft);
  const changes = Object.keys(values).length;
  const problem = form.readOnly ?? draftProblem(form, draft);
  const isReady = problem === null && changes > 0;
  const { id: formId, revision, connectionId, serviceId } = form;
  const operation = { kind: 'setProtections', connectionId, serviceId, formId, revision, values } as const;
  const review = () => {
    if (!isReady) return;
    closeProtections();
    openReview({ kind: 'plan', operation, title: `Review ${form.title}` });
  };
  const putAside = () => {
    closeProtections();
    putOnTray(operation, `Set ${plainText(form.title, 100)} of ${service.name}`);
  };
  return (
    <form
      className="protectionForm"
      onSubmit={(event) => {
        event.preventDefault();
        review();
      }}
    >
      {connection !== null && (
        <p className="tripWhere">
          on <Place title={connection.title} environment={connection.environment} spelled />
          {isSeveral && ': it holds for callers whose proxies this system configures'}
        </p>
      )}
      {forms.length > 1 && (
        <Select
          label="Which protections"
          options={forms.map((each) => ({
            id: keyOf(each),
            title: plainText(isSeveral ? `${each.title}, ${each.system}` : each.title, 140),
          }))}
          selected={key}
          onSelect={setChosen}
        />
      )}
      {propose !== null && (proposal === null || key === proposal.formId) && (
        <p className={proposal === null ? 'toneWarn' : 'protectionProposal'} role="status">
          {proposal?.why ?? 'No form here can set that; these are the protections that can be edited.'}
        </p>
      )}
      <FormBody
        key={key}
        form={form}
        draft={draft}
        onType={(field, text) => setDrafts({ ...drafts, [key]: { ...draft, [field]: text } })}
      />
      <DialogActions>
        <p className={problem === null ? 'grow muted' : 'grow toneWarn'} role="status">
          {plainText(problem ?? (changes === 0 ? 'Nothing is changed yet.' : `${changes} to change`), 300)}
        </p>
        <Button onPress={closeProtections}>Cancel</Button>
        <Button isDisabled={!isReady} onPress={putAside}>
          Add to pending
        </Button>
        <Button tone="primary" type="submit" isDisabled={!isReady}>
          Review…
        </Button>
      </DialogActions>
    </form>
  );
}

/** Two systems may have forms of one id. */
const keyOf = ({ connectionId, id }: PlacedForm): string => JSON.stringify([connectionId, id]);

function Nothing({ words, again }: { readonly words: string; readonly again?: () => void }) {
  return (
    <>
      <p className="tripRefused protectionNothing" role={again === undefined ? 'status' : 'alert'}>
        {words}
      </p>
      <DialogActions>
        {again !== undefined && <Button onPress={again}>Read again</Button>}
        <Button onPress={closeProtections}>Close</Button>
      </DialogActions>
    </>
  );
}
