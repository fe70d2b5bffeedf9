import type { Marks, Settings } from '../../../shared/model/settings.ts';
import { wordsOfError } from '../../client/watch.ts';
import { markSettings, writeSettings } from '../../live/settings.ts';
import { showToast } from '../../state/toasts.ts';

/** Changes what is remembered; what could not be kept is as it was again, and is told. */
export function changeSettings(part: Partial<Settings>): void {
  tellProblem(writeSettings(part));
}

/** Sets single entries; what could not be kept is as it was again, and is told. */
export function changeMarks(marks: Marks): void {
  tellProblem(markSettings(marks));
}

/** Says why something that was asked for was not done. */
export function tellProblem(asked: Promise<unknown>): void {
  asked.catch((error: unknown) => showToast({ tone: 'bad', text: wordsOfError(error) }));
}
