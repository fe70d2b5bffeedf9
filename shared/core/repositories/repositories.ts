import type { Change } from '../../model/change.ts';
import type { Plan } from '../../model/plan.ts';
import type { Declarations, RepositoryCommit } from '../../model/repository.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { declareIn } from './declare.ts';

/** Writes a plan where it belongs: into the Git work tree that declares it. */
export interface Repositories {
  /** The files that declare what the plan changes, with the diff. Reads only. */
  find(plan: Plan): Promise<Declarations>;
  /** Commits the change of one file to a branch of its own. Nothing is checked out, nothing pushed. */
  commit(plan: Plan, repository: string, file: string, message: string): Promise<RepositoryCommit>;
}

export function createRepositories({ repositories }: Pick<Ports, 'repositories'>): Repositories {
  async function find(plan: Plan): Promise<Declarations> {
    const found: Declarations = { repositories: [], files: [], problems: [] };
    for (const repository of repositories) {
      try {
        const head = await repository.head();
        found.repositories.push({ folder: repository.folder, ...head });
        for (const change of plan.changes) {
          for (const path of await repository.filesNaming(change.document.name))
            look(found, repository.folder, path, await repository.read(path), change);
        }
      } catch (thrown) {
        found.problems.push(thrown instanceof Error ? thrown.message : String(thrown));
      }
    }
    return found;
  }

  return {
    find,
    async commit(plan, folder, file, message) {
      const repository = repositories.find((one) => one.folder === folder);
      const declared = (await find(plan)).files.filter(
        (one) => one.repository === folder && one.file === file,
      );
      const last = declared.at(-1);
      if (repository === undefined || last === undefined)
        throw new Refusal('REFUSED', `${file} does not declare this change any more. Nothing was committed.`);
      if (declared.length > 1)
        throw new Refusal('REFUSED', `${file} declares several documents of this plan. Change it by hand.`);
      const branch = branchOf(plan);
      try {
        return {
          repository: folder,
          branch,
          commit: await repository.commit({ file, text: last.after, branch, message }),
        };
      } catch (thrown) {
        throw new Refusal('REFUSED', thrown instanceof Error ? thrown.message : String(thrown));
      }
    },
  };
}

function look(found: Declarations, repository: string, file: string, text: string, change: Change): void {
  const what = declareIn(text, change);
  if (what === null) return;
  if ('problem' in what) found.problems.push(`${file} ${what.problem}.`);
  else
    found.files.push({ repository, file, line: what.declared.line, before: text, after: what.declared.text });
}

/** A name that Git takes and people recognise: "podium/shift-payment-3f2a91". */
function branchOf({ title, id }: Plan): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return `podium/${words === '' ? 'change' : words}-${id.replace(/[^a-z0-9]/gi, '').slice(0, 6)}`;
}
