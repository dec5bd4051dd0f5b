import type { JobJson } from '../../shared/operate/job-json.ts';
import type { Style } from './style.ts';
import { plural } from './text.ts';

/** The job's state, coloured by whether somebody should look. */
export function stateText(style: Style, { state }: Pick<JobJson, 'state'>): string {
  switch (state) {
    case 'completed':
      return style.green(state);
    case 'dead-lettered':
      return style.red(state);
    case 'waiting':
    case 'cancelled':
      return style.yellow(state);
    default:
      return state;
  }
}

/** In place of an answer that the row has no more. */
export const ANSWER_NOT_KEPT = 'the answer is not kept: it was too large, or was erased with a person';

/** Who else was in a call. */
export const companyText = (shared: number | undefined): string =>
  shared === undefined ? '-' : plural(shared - 1, 'other');
