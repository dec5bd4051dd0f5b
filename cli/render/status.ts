import type { HoldInForce } from '../../shared/budget/holds.ts';
import { type CauseGroup, lettersOf, redrivable } from '../../shared/operate/causes.ts';
import { BACKLOG_DAYS, type Status } from '../../shared/operate/status.ts';
import type { Cli } from '../cli.ts';
import { acknowledgedLines, isSilent, speakingFirst } from './acknowledged.ts';
import type { Style } from './style.ts';
import { type Column, table } from './table.ts';
import { bar, count, cut, oneLine, plural } from './text.ts';
import { bothClocks, duration, since, untilText } from './time.ts';
import { mktq } from './typed.ts';
import { holdLine, narrowingLine } from './waiting.ts';

const BAR = 30;
const TOP = 3;
const MOST_NAME = 40;
const UNREADABLE = 'cannot be read';

/** One screen: is it running, if not why and until when, how much is left, what is dead, what to type next. */
export function statusScreen(
  stack: string,
  status: Status,
  cli: Pick<Cli, 'style' | 'width' | 'dataDir' | 'stackName' | 'env'>,
): string {
  const { style, width } = cli;
  return [
    headline(stack, status, style),
    ...status.holds.flatMap((hold) => holdLines(hold, status.now, width)),
    ...status.narrowings.map((narrowing) => `  ${narrowingLine(narrowing, status.now)}`),
    ...clockLines(status, style),
    '',
    ...budgetLines(status),
    ...queueLines(status, style),
    ...parkedLines(status),
    ...groupLines(status, style),
    ...fieldLines(status, style),
    '',
    ...letterLines(status, style, width),
    ...nextLines(status, cli),
  ].join('\n');
}

function headline(stack: string, { holds, narrowings, budget }: Status, style: Style): string {
  const open = style.green('OPEN') + (narrowings.length === 0 ? '' : style.yellow(' narrowed'));
  const state =
    budget === null
      ? style.red('UNKNOWN')
      : holds.length === 0
        ? open
        : style.red(`HELD by ${holds.map(({ reason }) => reason).join(', ')}`);
  return `${style.bold('mktq')} ${state}  ${style.dim(stack)}`;
}

function holdLines(hold: HoldInForce, now: number, width: number): readonly string[] {
  const said = hold.message === '' ? [] : [cut(`  said: ${oneLine(hold.message)}`, width)];
  return [`  ${holdLine(hold, now)}`, ...said];
}

function clockLines({ budget, clockAheadMs }: Status, style: Style): readonly string[] {
  const off = (aheadMs: number): string =>
    `${duration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the store's`;
  return [
    ...(budget?.clockOff === undefined
      ? []
      : [
          style.red(
            `  clock: that of a worker is ${off(budget.clockOff.aheadMs)}: it sends nothing until it is right`,
          ),
        ]),
    ...(clockAheadMs === 0
      ? []
      : [
          style.red(
            `  clock: that of this machine is ${off(clockAheadMs)}: every time shown here is off by that`,
          ),
        ]),
  ];
}

function budgetLines({ budget, holds, now, quotaEndsAt }: Status): readonly string[] {
  if (budget === null) return [`quota   ${UNREADABLE}`];
  const { spent, jobsPerCall, others, limit, left, rate, slots } = budget;
  const resets = Date.parse(budget.resetsAt);
  // Others may spend of the same quota: Marketo's word goes before our own count.
  const isSpent = left > 0 && holds.some(({ reason }) => reason === 'quota');
  return [
    `quota   ${bar(spent, limit, BAR)} ${count(spent)} of ${count(limit)} calls, ${isSpent ? 'and Marketo says that none is left' : `${count(left)} left`}`,
    ...(others === null || others === 0
      ? []
      : [`        ${count(others)} more were made by other integrations, as Marketo counts`]),
    ...(jobsPerCall === null ? [] : [`        ${jobsPerCall} jobs a call today, on average`]),
    `        resets ${untilText(resets, now)}`,
    ...(quotaEndsAt === null || left === 0 || isSpent
      ? []
      : [`        at today's pace it is spent ${untilText(quotaEndsAt, now)}`]),
    `rate    ${count(rate.used)} of ${count(rate.limit)} calls in ${rate.windowMs / 1_000} s, ${slots.used} of ${slots.limit} at once`,
  ];
}

function queueLines({ queue, oldestAgeMs, budget }: Status, style: Style): readonly string[] {
  if (queue === null) return [`queue   ${UNREADABLE}`];
  const oldest = oldestAgeMs === null ? '' : `, the oldest for ${duration(oldestAgeMs)}`;
  const backlog = queue.visible + queue.inFlight;
  const line = `queue   ${count(queue.visible)} waiting, ${count(queue.inFlight)} in flight${oldest}`;
  if (budget === null || backlog <= budget.left) return [line];
  if (backlog <= BACKLOG_DAYS * budget.limit) {
    return [
      line,
      `        more than the ${plural(budget.left, 'call')} left today: the rest waits for the reset`,
    ];
  }
  const days = count(Math.ceil(backlog / budget.limit));
  return [
    line,
    style.red(
      `        more than ${BACKLOG_DAYS} days of quota (${days}): the newest will expire after 13 days`,
    ),
  ];
}

function parkedLines({ parked }: Status): readonly string[] {
  if (parked === null) return [`parked  ${UNREADABLE}`];
  return parked === 0 ? [] : [`parked  ${plural(parked, 'job')} until notBefore, beside the queue`];
}

/** Who sends so cannot know; whoever runs the stack does. */
function groupLines({ foreign, now }: Status, style: Style): readonly string[] {
  if (foreign === null) return [];
  const { jobs, groups } = foreign;
  const when = `first ${since(foreign.since, now)}, last ${since(foreign.lastAt, now)}`;
  const named = groups.map(({ name, jobId }) => `"${cut(oneLine(name), MOST_NAME)}" (job ${jobId})`);
  return [
    style.yellow(`groups  at least ${plural(jobs, 'job')} came in a group not of their key: ${when}`),
    ...(named.length === 0 ? [] : [`        such as ${named.join(', ')}`]),
    '        between groups SQS keeps no order: writes of one lead may overtake each other',
    '        change their sender: MessageGroupId is the SHA-256 of the ordering key (docs/senders.md)',
  ];
}

function fieldLines({ fieldsRefusedAt, now }: Status, style: Style): readonly string[] {
  if (fieldsRefusedAt === null) return [];
  return [
    style.yellow(
      `fields  the standard ones serve: Marketo refused to describe this instance's (603, ${since(fieldsRefusedAt, now)})`,
    ),
    '        custom fields are unknown until the role of the API user has Read-Only Lead',
  ];
}

function letterLines({ causes, now }: Status, style: Style, width: number): readonly string[] {
  if (causes === null) return [`dead    ${UNREADABLE}`];
  if (causes.length === 0) return ['dead    no open dead letters'];
  const silent = causes.filter(isSilent).length;
  const total = `dead    ${style.red(plural(lettersOf(causes), 'open dead letter'))} of ${plural(causes.length, 'cause')}${silent === 0 ? '' : `, ${count(silent)} silent`}`;
  const top = speakingFirst(causes).slice(0, TOP);
  return [total, topCauses(top, now, style, width), ...acknowledgedLines(top, now)];
}

/** In fewer cells the operation, which dlq list --by-cause has too, would leave the message no room. */
const WIDE = 100;
const OPERATION: Column<CauseGroup> = { title: 'operation', value: (group) => group.operation ?? '-' };

const topCauses = (causes: readonly CauseGroup[], now: number, style: Style, width: number): string =>
  table(
    causes,
    [
      { title: 'count', align: 'right', value: (group) => count(group.count) },
      { title: 'cause', value: (group) => group.cause },
      ...(width >= WIDE ? [OPERATION] : []),
      { title: 'fault', value: ({ class: name, code }) => (code === null ? name : `${name} ${code}`) },
      { title: 'last', value: (group) => since(Date.parse(group.lastSeenAt), now) },
      { title: 'message', shrink: true, min: 12, value: (group) => group.message },
    ],
    { width, header: style.dim },
  );

/** The commands that whoever was woken by this needs first. */
function nextLines(
  { holds, causes, now }: Status,
  cli: Pick<Cli, 'style' | 'dataDir' | 'env'>,
): readonly string[] {
  const liftable = holds.find(({ reason }) => reason !== 'quota' && reason !== 'rate');
  const lasting = holds.find(({ reason }) => reason === 'quota');
  const speaking = (causes ?? []).filter((group) => !isSilent(group));
  const [top] = speaking;
  const again = redrivable(speaking);
  const next = [
    ...(liftable === undefined ? [] : [`${mktq(cli, 'resume')}    once ${cureFor(liftable)}`]),
    ...(lasting?.until == null
      ? []
      : [`nothing to do about the quota: it goes on by itself at ${bothClocks(lasting.until, now)}`]),
    ...(top === undefined
      ? []
      : [`${mktq(cli, 'dlq show', [top.sampleId])}    what happened and what to do`]),
    ...(again === undefined ? [] : [mktq(cli, `dlq redrive --cause ${again.cause} --dry-run`)]),
  ];
  return next.length === 0 ? [] : ['', cli.style.bold('next'), ...next.map((line) => `  ${line}`)];
}

function cureFor({ reason }: HoldInForce): string {
  switch (reason) {
    case 'credentials':
      return 'the key is right again (it is tried by itself every minute)';
    case 'upstream':
      return 'Marketo answers again (it is tried by itself)';
    default:
      return 'whoever paused it is done';
  }
}
