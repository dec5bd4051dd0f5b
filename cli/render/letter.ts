import { adviceFor } from '../../shared/deadletter/advice/advice.ts';
import { type LetterHead, OPEN_STATUSES } from '../../shared/deadletter/letter.ts';
import type { LetterTexts } from '../../shared/deadletter/notice.ts';
import type { Attempt } from '../../shared/job/attempt.ts';
import type { Cli } from '../cli.ts';
import { prettyBody } from './pretty.ts';
import { type Column, table } from './table.ts';
import { cells, count, harmless, oneLine, plural } from './text.ts';
import { duration, since, stamp } from './time.ts';
import { mktq } from './typed.ts';

type Screen = Pick<Cli, 'style' | 'width' | 'clock' | 'dataDir' | 'env'>;

/** A letter for an operator: first what to do, then the evidence, last what to type. */
export function letterText(cli: Screen, head: LetterHead, texts: LetterTexts): string {
  return [
    title(cli, head),
    explanation(cli, head),
    timeline(cli, head),
    body(cli, 'Job as received', texts.job),
    ...(texts.retryBody === null ? [] : [body(cli, 'A redrive sends this instead', texts.retryBody)]),
    body(cli, 'Request', texts.request),
    body(cli, head.httpStatus === null ? 'Response' : `Response, HTTP ${head.httpStatus}`, texts.response),
    next(cli, head),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function title(cli: Screen, head: LetterHead): string {
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

function statusText({ style }: Screen, { status }: LetterHead): string {
  return OPEN_STATUSES.some((open) => open === status) ? style.red(status) : style.green(status);
}

function explanation(cli: Screen, head: LetterHead): string {
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

function labelled(cli: Screen, label: string, text: string): string {
  const lines = wrap(text, Math.min(cli.width, 100) - LABEL_CELLS);
  const indent = ' '.repeat(LABEL_CELLS);
  return cli.style.bold(label.padEnd(LABEL_CELLS)) + lines.join(`\n${indent}`);
}

/** Breaks at spaces; a word longer than the line stays whole. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && cells(line) + 1 + cells(word) > Math.max(20, width)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function timeline(cli: Screen, head: LetterHead): string {
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
    { title: 'COUNTED', value: (attempt) => (attempt.counted ? 'yes' : 'no') },
    { title: 'MESSAGE', value: ({ message }) => message, shrink: true, min: 20 },
  ];
  const lines = table(attempts, columns, { width: cli.width - 2, header: cli.style.dim });
  return `${cli.style.bold(`Attempts (${plural(attempts.length, 'call')}, ${counted} counted)`)}\n${indented(lines)}`;
}

const outcome = (attempt: Attempt): string =>
  attempt.class === null ? 'answered' : `${attempt.class}${attempt.code === null ? '' : ` ${attempt.code}`}`;

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');

function body(cli: Screen, label: string, text: string | null): string {
  if (text === null) return '';
  const bytes = Buffer.byteLength(text, 'utf8');
  return `${cli.style.bold(label)} ${cli.style.dim(`(${count(bytes)} bytes)`)}\n${indented(harmless(prettyBody(text)))}`;
}

function next(cli: Screen, head: LetterHead): string {
  const lines = nextSteps(head).map(
    ({ words, operands = [], options, why }) => [mktq(cli, words, operands, options), why] as const,
  );
  if (lines.length === 0) return '';
  const widest = Math.max(...lines.map(([command]) => command.length));
  const text = lines.map(([command, why]) => `${command.padEnd(widest)}  ${cli.style.dim(why)}`).join('\n');
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
  if (head.status === 'redriven' || head.status === 'discarded') return job === null ? [] : [job];
  return [
    ...repairs(head),
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
