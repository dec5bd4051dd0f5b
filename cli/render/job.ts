import type { AttemptJson, JobJson } from '../../shared/operate/job-json.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { plural } from './text.ts';
import { duration, stamp } from './time.ts';

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

/** Every attempt with what came of it. */
export const attemptTable = (
  attempts: readonly AttemptJson[],
  { width, style }: { readonly width: number; readonly style: Style },
): string =>
  table(
    attempts,
    [
      { title: 'attempt', value: ({ at }) => stamp(Date.parse(at)) },
      { title: 'took', align: 'right', value: ({ durationMs }) => duration(durationMs) },
      {
        title: 'http',
        align: 'right',
        value: ({ httpStatus }) => (httpStatus === null ? '-' : `${httpStatus}`),
      },
      {
        title: 'outcome',
        value: ({ class: name, code }) =>
          name === null ? 'ok' : `${name}${code === null ? '' : ` ${code}`}`,
        paint: (cell, attempt) => (attempt.class === null ? style.green(cell) : style.red(cell)),
      },
      ...(attempts.some(({ shared }) => shared !== undefined)
        ? [{ title: 'with', value: ({ shared }: AttemptJson) => companyText(shared) }]
        : []),
      { title: 'counts', value: ({ counted }) => (counted ? 'yes' : 'no') },
      { title: 'message', shrink: true, min: 12, value: ({ message }) => message },
    ],
    { width, header: style.dim },
  );

/** Who else was in a call. */
export const companyText = (shared: number | undefined): string =>
  shared === undefined ? '-' : plural(shared - 1, 'other');
