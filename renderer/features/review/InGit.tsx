import { useState } from 'react';
import type { Plan } from '../../../shared/model/plan.ts';
import type { Declarations, DeclaringFile, RepositoryCommit } from '../../../shared/model/repository.ts';
import { type ConsoleClient, useLink } from '../../client/link.ts';
import { Button } from '../../ui/Button.tsx';
import { DocumentDiff } from '../../ui/documentViews.tsx';
import { plainText } from '../../ui/plainText.ts';

type State =
  | { readonly step: 'closed' }
  | { readonly step: 'busy'; readonly doing: string }
  | { readonly step: 'found'; readonly found: Declarations; readonly error: string | null }
  | { readonly step: 'committed'; readonly commit: RepositoryCommit };

/** Where the change belongs if a repository owns the document: the file and lines that declare it, and a commit of them. */
export function InGit({ plan, reason }: { readonly plan: Plan; readonly reason: string }) {
  const client = useLink((link) => link.client);
  const [state, setState] = useState<State>({ step: 'closed' });
  if (client === null) return null;
  const look = async () => {
    setState({ step: 'busy', doing: 'Looking for what declares this…' });
    setState(await found(client, plan.id));
  };
  const commit = async (file: DeclaringFile, all: Declarations) => {
    setState({ step: 'busy', doing: 'Committing…' });
    const message = reason.trim() === '' ? plan.title : `${plan.title}\n\n${reason.trim()}`;
    try {
      const made = await client.repositories.commit({
        planId: plan.id,
        repository: file.repository,
        file: file.file,
        message: message.slice(0, 2000),
      });
      setState({ step: 'committed', commit: made });
    } catch (thrown) {
      setState({ step: 'found', found: all, error: wordsOf(thrown) });
    }
  };
  return (
    <div className="inGit" role="group" aria-label="In Git">
      {state.step === 'closed' && <Button onPress={() => void look()}>Find it in Git…</Button>}
      {state.step === 'busy' && <p role="status">{state.doing}</p>}
      {state.step === 'found' && <Found {...state} onCommit={(file) => void commit(file, state.found)} />}
      {state.step === 'committed' && (
        <p role="status">
          Committed {state.commit.commit.slice(0, 10)} on branch <b>{state.commit.branch}</b> in{' '}
          {plainText(state.commit.repository, 120)}. It is not pushed.
        </p>
      )}
    </div>
  );
}

interface FoundProps {
  readonly found: Declarations;
  readonly error: string | null;
  readonly onCommit: (file: DeclaringFile) => void;
}

function Found({ found, error, onCommit }: FoundProps) {
  const { repositories, files, problems } = found;
  return (
    <>
      {repositories.length === 0 && problems.length === 0 && (
        <p className="muted">
          No Git work tree is known here. Start Podium with <code>--repository FOLDER</code> to have changes
          written where they are declared.
        </p>
      )}
      {repositories.length > 0 && files.length === 0 && (
        <p className="muted">
          Nothing in {repositories.map(({ folder }) => plainText(folder, 80)).join(', ')} declares these
          values.
        </p>
      )}
      {files.map((file) => (
        <div key={`${file.repository}/${file.file}/${file.line}`}>
          <p>
            <b>{plainText(file.file, 160)}</b>, line {file.line}
          </p>
          <DocumentDiff label={`Change of ${file.file}`} before={file.before} after={file.after} />
          <Button onPress={() => onCommit(file)}>Commit to a new branch</Button>
        </div>
      ))}
      {problems.map((problem) => (
        <p key={problem} className="muted">
          {plainText(problem, 300)}
        </p>
      ))}
      {error !== null && <p role="alert">{plainText(error, 300)}</p>}
    </>
  );
}

async function found(client: ConsoleClient, planId: string): Promise<State> {
  const nothing: Declarations = { repositories: [], files: [], problems: [] };
  try {
    return { step: 'found', found: await client.repositories.find({ planId }), error: null };
  } catch (thrown) {
    return { step: 'found', found: nothing, error: wordsOf(thrown) };
  }
}

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
