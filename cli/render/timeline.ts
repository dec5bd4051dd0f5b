import { assertNever } from '../../shared/kernel/assert-never.ts';
import { SECOND_MS } from '../../shared/kernel/clock.ts';
import type { JobEventJson } from '../../shared/operate/history.ts';
import { companyText } from './job.ts';
import type { Style } from './style.ts';
import { oneLine } from './text.ts';
import { duration, stamp } from './time.ts';
import { waitText } from './waiting.ts';

/** What happened to a job, a line each: when, how much later than what came before it, and what. Printing breaks what is too long. */
export function timelineLines(
  timeline: readonly JobEventJson[],
  { style, now }: { readonly style: Style; readonly now: number },
): readonly string[] {
  let attempts = 0;
  let before: JobEventJson | null = null;
  return timeline.map((one) => {
    if (one.event === 'attempt') attempts += 1;
    if (one.event === 'dead-lettered') attempts = 0;
    const text = eventText(one, { style, now, attempts, before, later: laterText(one, before) });
    before = one;
    return `${style.dim(stamp(Date.parse(one.at)))}  ${text}`;
  });
}

/** Of less than a second nothing is said: the stamps say it. */
function laterText(one: JobEventJson, before: JobEventJson | null): string | null {
  const laterMs = before === null ? 0 : Date.parse(one.at) - Date.parse(before.at);
  return laterMs < SECOND_MS ? null : `${duration(laterMs)} later`;
}

interface Around {
  readonly style: Style;
  readonly now: number;
  /** How many calls have been made since the job was last enqueued, this one included. */
  readonly attempts: number;
  readonly before: JobEventJson | null;
  readonly later: string | null;
}

function eventText(one: JobEventJson, { style, now, attempts, before, later }: Around): string {
  const after = later === null ? '' : `, ${later}`;
  switch (one.event) {
    case 'enqueued':
      return one.event;
    case 'attempt':
      return attemptText(one, { style, attempts, later });
    case 'dead-lettered': {
      const title = `${style.red('dead-lettered')}${after}: letter ${one.letterId}`;
      // What the line above has just said.
      if (before?.event === 'attempt' && before.message === one.message) return title;
      return `${title}, ${one.class}${one.code === null ? '' : ` ${one.code}`}: ${oneLine(one.message)}`;
    }
    case 'redrive':
    case 'edited-redrive':
    case 'discard':
    case 'reopen':
      return `${ACTIONS[one.event]} by ${oneLine(one.by)}${after}${one.note === undefined ? '' : `: ${oneLine(one.note)}`}`;
    case 'late-answer':
      return `${one.succeeded ? 'it succeeded late' : 'a late answer'}${after}: ${oneLine(one.message)}`;
    case 'completed':
      return style.green(one.event) + after;
    case 'cancelled':
      return `${style.yellow(one.event)}${after}: its batch was cancelled before it was run`;
    case 'waiting':
      return `${style.yellow('waits')} for ${waitText(one, now)}`;
    default:
      return assertNever(one);
  }
}

const ACTIONS = {
  redrive: 'redriven',
  'edited-redrive': 'redriven with an edit',
  discard: 'discarded',
  reopen: 'reopened',
} as const;

function attemptText(
  one: Extract<JobEventJson, { readonly event: 'attempt' }>,
  { style, attempts, later }: Pick<Around, 'style' | 'attempts' | 'later'>,
): string {
  const around = [
    ...(later === null ? [] : [later]),
    `took ${duration(one.durationMs)}`,
    ...(one.httpStatus === null ? [] : [`HTTP ${one.httpStatus}`]),
    ...(one.shared === undefined ? [] : [`with ${companyText(one.shared)}`]),
    ...(one.counted || one.class === null ? [] : ['does not count']),
  ].join(', ');
  const title = `attempt ${attempts} (${around})`;
  if (one.class === null) return `${title}: ${style.green('answered')}`;
  const fault = `${one.class}${one.code === null ? '' : ` ${one.code}`}`;
  return `${title}: ${style.red(fault)}: ${oneLine(one.message)}`;
}
