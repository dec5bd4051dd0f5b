import type { AttemptView, JobView } from '../../shared/operate/job-json.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { duration, stamp, untilText } from './time.ts';

/** The job's state, coloured by whether somebody should look. */
export function stateText(style: Style, view: Pick<JobView, 'state'>): string {
  switch (view.state) {
    case 'completed':
      return style.green(view.state);
    case 'dead-lettered':
      return style.red(view.state);
    case 'waiting':
      return style.yellow(view.state);
    default:
      return view.state;
  }
}

const REASONS: Readonly<Record<NonNullable<JobView['waiting']>['reason'], string>> = {
  quota: "the day's quota is spent",
  rate: 'the rate limit',
  concurrency: 'a free slot',
  credentials: 'Marketo refused the credentials',
  upstream: 'Marketo does not answer as it should',
  operator: 'paused by an operator',
  backoff: 'the next attempt',
  notBefore: 'its notBefore',
  order: 'an earlier job on the same lead',
};

export const reasonText = (reason: NonNullable<JobView['waiting']>['reason']): string => REASONS[reason];

/** `quota (the day's quota is spent), in 3 h (…)`. */
export function waitText(waiting: NonNullable<JobView['waiting']>, now: number): string {
  const { reason, until } = waiting;
  const end = until === null ? openEnd(reason) : untilText(Date.parse(until), now);
  return `${reason}: ${reasonText(reason)}, ${end}`;
}

const openEnd = (reason: NonNullable<JobView['waiting']>['reason']): string =>
  reason === 'order' ? 'until that has ended' : 'until it is lifted (mktq resume)';

/** Every attempt with what came of it. */
export const attemptTable = (
  attempts: readonly AttemptView[],
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
      { title: 'counts', value: ({ counted }) => (counted ? 'yes' : 'no') },
      { title: 'message', shrink: true, min: 12, value: ({ message }) => message },
    ],
    { width, header: style.dim },
  );
