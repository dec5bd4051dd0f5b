import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { MAX_BODY_BYTES } from '../../shared/config/limits.ts';
import { errorText } from '../../shared/kernel/error-text.ts';
import type { OperatePorts } from '../../shared/operate/ports.ts';
import { type EditedPlan, type EditStore, messagesOf } from '../../shared/operate/redrive/edits.ts';
import type { RedriveChoice } from '../../shared/operate/redrive/plan.ts';
import { planEdited } from '../../shared/operate/redrive/plan-edited.ts';
import type { RedrivePlan, Skipped } from '../../shared/operate/redrive/plan-redrive.ts';
import { ReturnedMessages } from '../../shared/operate/redrive/returned-messages.ts';
import type { Cli } from '../cli.ts';
import { Failure } from '../exit.ts';
import { note } from '../render/print.ts';
import { count, oneLine } from '../render/text.ts';
import { decoded, linesOf, UNDECODABLE } from '../source/lines.ts';

/** A message may be written with escapes, which take six bytes for a character. */
const MOST_BYTES_A_LINE = 6 * MAX_BODY_BYTES;
/** So many show that it is another program than was meant; it is not listened to any longer. */
const MOST_PROBLEMS = 100;
const MOST_NAMED = 5;

type EditPorts = Pick<
  OperatePorts,
  'archive' | 'bodies' | 'cancellations' | 'clock' | 'ledger' | 'retentionMs'
>;

type Program = ChildProcessByStdio<Writable, Readable, null>;

/**
 * The plan with every message as the program makes it: one process, job messages in and out, a line each, in any order. It is fed
 * and read at the same time, so that neither waits for the other; its stderr is ours. A `Failure`, and nothing is to be sent, unless
 * it ends with 0 and has given back each message once, as a valid job with its id.
 */
export async function editWith(
  cli: Pick<Cli, 'stderr'>,
  ports: EditPorts,
  plan: RedrivePlan,
  command: string,
  { edits, ...choice }: { readonly edits: EditStore } & Pick<RedriveChoice, 'by' | 'superseded'>,
): Promise<EditedPlan> {
  if (plan.candidates.length === 0) return { plan, edits, samples: [] };
  const messages = new ReturnedMessages(edits, ports.clock);
  const program = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = endOf(program);
  const [fed, isRead] = await Promise.all([
    feed(program, ports, plan, messages),
    read(program, messages).catch((error: unknown) => {
      stopProgram(program);
      throw new Failure(`${command}: ${errorText(error)}; nothing was sent`);
    }),
  ]);
  const failure = await ended;
  if (failure !== null && isRead) throw new Failure(`${command}: ${failure}; nothing was sent`);
  const returned = await messages.end(ports);
  const problems = [
    ...(fed.isWhole ? [] : [{ id: null, message: 'it did not read to the end of its input' }]),
    ...(returned.kind === 'refused' ? returned.problems : []),
  ];
  if (problems.length > 0 || returned.kind === 'refused') {
    for (const { id, message } of problems.slice(0, MOST_NAMED)) {
      note(cli, `${id === null ? '' : `${id}: `}${oneLine(message)}`);
    }
    throw new Failure(
      `${command} must give back each of the ${count(plan.candidates.length)} messages once, as a valid job with its id (${count(problems.length)} are wrong); nothing was sent`,
    );
  }
  const left = new Set(fed.skipped.map(({ letterId }) => letterId));
  const candidates = plan.candidates.filter(({ letterId }) => !left.has(letterId));
  const given = { candidates, skipped: [...plan.skipped, ...fed.skipped] };
  return { plan: await planEdited(ports, given, returned.jobs, choice), edits, samples: returned.samples };
}

/** Null for an end with 0. */
const endOf = (program: Program): Promise<string | null> =>
  new Promise((resolve) => {
    program.once('error', ({ message }) => resolve(message));
    program.once('close', (code, signal) => resolve(code === 0 ? null : `it ended with ${code ?? signal}`));
  });

interface Fed {
  /** False: the program closed its input before. */
  readonly isWhole: boolean;
  readonly skipped: readonly Skipped[];
}

async function feed(
  { stdin }: Program,
  ports: EditPorts,
  { candidates }: RedrivePlan,
  messages: ReturnedMessages,
): Promise<Fed> {
  const skipped: Skipped[] = [];
  // Each write says by itself that nobody reads it.
  stdin.on('error', () => {});
  const isTaken = (line: string): Promise<boolean> =>
    new Promise((resolve) => stdin.write(`${line}\n`, (error) => resolve(error == null)));
  let isWhole = true;
  for await (const message of messagesOf(ports, candidates)) {
    if (message.kind === 'unreadable') {
      skipped.push(message);
      continue;
    }
    const line = messages.give(message);
    if (line === null) {
      const { letterId } = message.head;
      skipped.push({ letterId, reason: 'unfit', message: 'the text of its job is no JSON' });
    } else if (!(await isTaken(line))) {
      isWhole = false;
      break;
    }
  }
  stdin.end();
  return { isWhole, skipped };
}

/** False: it gave up, and has stopped the program. */
async function read(program: Program, messages: ReturnedMessages): Promise<boolean> {
  const pieces = decoded(endingLines(program.stdout), 'its output');
  for await (const line of linesOf(pieces, MOST_BYTES_A_LINE)) {
    if (line.text.includes(UNDECODABLE)) {
      throw new Failure(`line ${line.number} of its output is not UTF-8`);
    }
    messages.take(line.text);
    if (messages.problems < MOST_PROBLEMS) continue;
    stopProgram(program);
    return false;
  }
  return true;
}

/** The pieces as they come, until a line does not come to its end. */
async function* endingLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const piece of pieces) {
    const end = piece.lastIndexOf('\n');
    length = end < 0 ? length + piece.length : piece.length - end;
    if (length > MOST_BYTES_A_LINE) throw new Failure('a line of its output is longer than any message');
    yield piece;
  }
}

/** Whatever else the shell has started finds its pipes closed. */
function stopProgram(program: Program): void {
  program.kill();
  program.stdin.destroy();
  program.stdout.destroy();
}
