import type { Acknowledgement } from '../../shared/deadletter/acknowledgements.ts';
import { adviceFor } from '../../shared/deadletter/advice/advice.ts';
import { type LetterHead, OPEN_STATUSES } from '../../shared/deadletter/letter.ts';
import type { LetterTexts } from '../../shared/deadletter/notice.ts';
import { FORGOTTEN } from '../../shared/deadletter/person.ts';
import type { Attempt } from '../../shared/job/attempt.ts';
import type { Cli } from '../cli.ts';
import { deedLines } from './deeds.ts';
import { fitText, type Screen, type Verbatim } from './fit.ts';
import { companyText } from './job.ts';
import { prettyBody } from './pretty.ts';
import { type Column, table } from './table.ts';
import { cells, count, harmless, oneLine, padEnd, plural } from './text.ts';
import { duration, since, stamp } from './time.ts';
import { mktq } from './typed.ts';

type View = Pick<Cli, 'style' | 'width' | 'clock' | 'dataDir' | 'env'>;

/** A letter for an operator: first what to do, then the evidence, last what to type. */
export function letterText(
  cli: View,
  head: LetterHead,
  texts: LetterTexts,
  said: readonly Acknowledgement[] = [],
): Screen {
  const steps = next(cli, head);
  return [
    title(cli, head),
    '',
    explanation(cli, head),
    '',
    timeline(cli, head),
    ...deeds(cli, deedLines(head, said, Math.min(cli.width, MOST_CELLS) - INDENT.length)),
    ...body(cli, 'Job as received', texts.job),
    ...body(cli, 'A redrive sends this instead', texts.retryBody),
    ...body(cli, 'Request', texts.request),
    ...body(cli, head.httpStatus === null ? 'Response' : `Response, HTTP ${head.httpStatus}`, texts.response),
    ...(steps === '' ? [] : ['', steps]),
  ];
}

function title(cli: View, head: LetterHead): string {
  const { bold, dim } = cli.style;
  const facts = [
    head.operation ?? 'no operation',
    head.class,
    head.code === null ? null : String(head.code),
    `cause ${head.cause}`,
  ];
  const when = `${stamp(head.deadLetteredAt)}, ${since(head.deadLetteredAt, cli.clock())}`;
  const note = head.closing === null ? '' : oneLine(head.closing.note);
  // "redriven to epoch 1" says its status itself; the reason of a discard does not.
  const shown = head.status === 'discarded' ? `${statusText(cli, head)}: ${note}` : note || head.status;
  const status = head.closing === null ? statusText(cli, head) : `${shown}, ${stamp(head.closing.at)}`;
  const batch = head.batch === null ? '' : `  batch ${oneLine(head.batch)}`;
  return [
    `${bold(`Dead letter ${head.letterId}`)}  ${status}`,
    facts.filter((fact) => fact !== null).join(' · '),
    dim(`${when}${batch}`),
  ].join('\n');
}

function statusText({ style }: View, { status }: LetterHead): string {
  return OPEN_STATUSES.some((open) => open === status) ? style.red(status) : style.green(status);
}

function explanation(cli: View, head: LetterHead): string {
  const { meaning, action } = adviceFor(head);
  const late = head.lateOutcome;
  const lines: readonly (readonly [string, string])[] = [
    ['What happened', oneLine(head.message)],
    ['What it means', meaning],
    ['What to do', action],
    ...(late === null
      ? []
      : ([
          [
            late.succeeded ? 'It succeeded late' : 'A late answer',
            `${stamp(late.at)}: ${oneLine(late.message)}${late.succeeded ? '. Discard this letter rather than redrive it.' : ''}`,
          ],
        ] as const)),
  ];
  return lines.map(([label, text]) => labelled(cli, label, text)).join('\n');
}

const LABEL_CELLS = 19;

/** Longer lines are hard to read, however wide the terminal. */
const MOST_CELLS = 100;

const labelled = (cli: View, label: string, text: string): string =>
  fitText(cli.style.bold(label.padEnd(LABEL_CELLS)) + text, Math.min(cli.width, MOST_CELLS));

function timeline(cli: View, head: LetterHead): string {
  const { attempts } = head;
  if (attempts.length === 0) {
    // A worker that was killed recorded nothing, whatever it had sent.
    const killed = head.class === 'in-doubt' || head.class === 'poison';
    const why = killed
      ? 'none recorded: the worker ended before it could'
      : 'none: nothing was sent to Marketo';
    return `${cli.style.bold('Attempts')}\n  ${why}`;
  }
  const counted = attempts.filter((attempt) => attempt.counted).length;
  const start = attempts[0]?.at ?? 0;
  const columns: readonly Column<Attempt>[] = [
    { title: 'WHEN', value: ({ at }) => `  ${stamp(at)}`.trimStart() },
    { title: 'AFTER', value: ({ at }) => (at === start ? '' : duration(at - start)), align: 'right' },
    { title: 'TOOK', value: ({ durationMs }) => duration(durationMs), align: 'right' },
    { title: 'HTTP', value: ({ httpStatus }) => (httpStatus === null ? '-' : String(httpStatus)) },
    { title: 'OUTCOME', value: outcome },
    ...(attempts.some(({ shared }) => shared !== undefined)
      ? [{ title: 'WITH', value: ({ shared }: Attempt) => companyText(shared) }]
      : []),
    { title: 'COUNTED', value: (attempt) => (attempt.counted ? 'yes' : 'no') },
    { title: 'MESSAGE', value: ({ message }) => message, shrink: true, min: 20 },
  ];
  const lines = table(attempts, columns, { width: cli.width - 2, header: cli.style.dim });
  const title = cli.style.bold(`Attempts (${plural(attempts.length, 'call')}, ${counted} counted)`);
  const ofCall = sharedCall(cli, head);
  return `${title}\n${indented(ofCall === null ? lines : `${lines}\n${ofCall}`)}`;
}

const deeds = ({ style }: View, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${style.bold('Actions')}\n${indented(lines.join('\n'))}`];

/** What stands below of request and response is this job's own part. */
function sharedCall(cli: View, { attempts }: LetterHead): string | null {
  const last = attempts.at(-1);
  if (last?.shared === undefined) return null;
  const text = `The last was call ${last.callId}, which it shared with ${companyText(last.shared)}: below is its own part.`;
  return fitText(cli.style.dim(text), Math.min(cli.width - INDENT.length, MOST_CELLS));
}

const outcome = (attempt: Attempt): string =>
  attempt.class === null ? 'answered' : `${attempt.class}${attempt.code === null ? '' : ` ${attempt.code}`}`;

const INDENT = '  ';
const indented = (text: string): string => text.replaceAll(/^/gm, INDENT);

function body(cli: View, label: string, text: string | null): readonly (string | Verbatim)[] {
  if (text === null) return [];
  const bytes = Buffer.byteLength(text, 'utf8');
  return [
    '',
    `${cli.style.bold(label)} ${cli.style.dim(`(${count(bytes)} bytes)`)}`,
    { verbatim: indented(harmless(prettyBody(text))) },
  ];
}

function next(cli: View, head: LetterHead): string {
  const lines = nextSteps(head).map(
    ({ words, operands = [], options, why }) => [mktq(cli, words, operands, options), why] as const,
  );
  if (lines.length === 0) return '';
  const widest = Math.max(...lines.map(([command]) => cells(command)));
  const whole = widest + Math.max(...lines.map(([, why]) => cells(why))) + 2 * INDENT.length;
  const text = lines
    .map(([command, why]) =>
      whole <= cli.width
        ? `${padEnd(command, widest)}  ${cli.style.dim(why)}`
        : `${command}\n${INDENT}${INDENT}${cli.style.dim(why)}`,
    )
    .join('\n');
  return `${cli.style.bold('Next')}\n${indented(text)}`;
}

interface Step {
  readonly words: string;
  readonly operands?: readonly string[];
  readonly options?: string;
  readonly why: string;
}

function nextSteps(head: LetterHead): readonly Step[] {
  const operands = [head.letterId];
  const job: Step | null =
    head.jobId === null || head.class === 'malformed'
      ? null
      : { words: 'jobs show', operands: [head.jobId], why: 'what became of the job' };
  const reopen: Step = { words: 'dlq reopen', operands, why: 'take the discard back' };
  if (head.status === 'redriven' || head.status === 'discarded') {
    // Of one that was erased with a person nothing is left to be opened.
    const canReopen = head.status === 'discarded' && head.message !== FORGOTTEN;
    return [...(job === null ? [] : [job]), ...(canReopen ? [reopen] : [])];
  }
  return [
    ...repairs(head),
    ...(head.attempts.at(-1)?.shared === undefined
      ? []
      : [
          {
            words: 'dlq show',
            operands,
            options: '--call',
            why: 'the whole of the call that it shared, as long as it is kept',
          },
        ]),
    { words: 'dlq export', operands, why: 'the whole letter as one line, for a support case' },
  ];
}

function repairs({ letterId, class: faultClass, cause, lateOutcome }: LetterHead): readonly Step[] {
  const operands = [letterId];
  const redrive = (why: string): Step => ({ words: 'dlq redrive', operands, why });
  const edit = { ...redrive('send a corrected job message in its place'), options: '--edit job.json' };
  const discard = (reason: string, why = 'close it'): Step => ({
    words: 'dlq discard',
    operands,
    options: `--reason "${reason}"`,
    why,
  });
  if (lateOutcome?.succeeded === true) return [discard('succeeded late')];
  if (faultClass === 'malformed') return [edit, discard('not a job')];
  if (faultClass === 'in-doubt') return [redrive('if it did not run'), discard('it ran', 'if it did')];
  return [
    redrive('once the cause is repaired'),
    edit,
    { words: `dlq redrive --cause ${cause} --dry-run`, why: 'what redriving all of this cause would cost' },
    discard('no longer needed'),
  ];
}
