import { lettersOf } from '../../shared/operate/causes.ts';
import type { Status } from '../../shared/operate/status.ts';
import { statusScreen } from './status.ts';
import { count, oneLine, plural } from './text.ts';
import { duration, stamp } from './time.ts';

/** The screen of `mktq status`, with when it was, and what could not be read at that moment. */
export const watchedScreen = (
  stack: string,
  status: Status,
  cli: Parameters<typeof statusScreen>[2],
  everyMs: number,
): string =>
  [
    statusScreen(stack, status, cli),
    '',
    ...status.trouble.map((trouble) => cli.style.red(oneLine(trouble))),
    cli.style.dim(`as of ${stamp(status.now)}, again every ${duration(everyMs)}; Ctrl-C ends it`),
  ].join('\n');

/** The same in a line, for a log. `said`: the trouble of the look before, which is not said again. */
export function statusLine(
  { now, budget, holds, queue, parked, causes, trouble }: Status,
  said: readonly string[],
): string {
  const account =
    budget === null
      ? 'the account unknown'
      : holds.length === 0
        ? 'open'
        : `held by ${holds.map(({ reason }) => reason).join(', ')}`;
  const parts = [
    account,
    ...(budget === null ? [] : [`${count(budget.spent)} of ${plural(budget.limit, 'call')}`]),
    ...(queue === null ? [] : [`${count(queue.visible)} waiting`, `${count(queue.inFlight)} in flight`]),
    ...(parked === null || parked === 0 ? [] : [`${count(parked)} parked`]),
    ...(causes === null
      ? []
      : [`${plural(lettersOf(causes), 'open dead letter')} of ${plural(causes.length, 'cause')}`]),
    ...trouble.filter((one) => !said.includes(one)).map(oneLine),
  ];
  return `${stamp(now)}  ${parts.join(', ')}`;
}
