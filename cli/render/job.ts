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

/** Who else was in a call. */
export const companyText = (shared: number | undefined): string =>
  shared === undefined ? '-' : plural(shared - 1, 'other');
