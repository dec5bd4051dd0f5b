import type { HoldInForce } from '../../shared/budget/holds.ts';
import type { EditedPlan } from '../../shared/operate/redrive/edits.ts';
import type { Redrive } from '../../shared/operate/redrive/redrive.ts';
import type { RedriveOutcome } from '../../shared/operate/redrive/sending.ts';
import type { RedrivenEnds } from '../../shared/operate/redrive-json.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { watchEnds } from '../enqueue/wait-for-ends.ts';
import { note, print, sayDone } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { skippedLines, troubleLines } from '../render/redrive.ts';
import { count, plural } from '../render/text.ts';
import { holdLine } from '../render/waiting.ts';
import type { Stop } from '../stop.ts';

interface SendChoice {
  readonly noTrial: boolean;
  /** Until every job that was sent has ended. */
  readonly wait: boolean;
}

/** Sends the plan and says what came of it. Answers how many letters went, and whether all that is known of them is good. */
export async function sendPlan(
  cli: Cli,
  connection: Connection,
  edited: EditedPlan,
  { noTrial, wait }: SendChoice,
): Promise<{ readonly redriven: number; readonly isGood: boolean }> {
  const stop = cli.stop();
  const outcome = await send(cli, connection, edited, noTrial, stop);
  const ends = wait && outcome.jobs.length > 0 ? await endsOfRedriven(cli, connection, outcome, stop) : null;
  await report(cli, edited, outcome, ends);
  const again = outcome.trial !== null && outcome.trial.died.length > 0;
  const isGood =
    !again &&
    outcome.stopped === null &&
    outcome.failed.length === 0 &&
    (ends === null || ends.deadLettered + ends.cancelled + ends.notEnded === 0);
  return { redriven: outcome.redriven, isGood };
}

/** How long the first five may take before the rest is left for another time. */
const PATIENCE_MS = 120_000;

async function send(
  cli: Cli,
  connection: Connection,
  { plan, edits }: EditedPlan,
  noTrial: boolean,
  stop: Stop,
): Promise<Redrive> {
  const [{ redrive }, { obstaclesNow }] = await Promise.all([
    import('../../shared/operate/redrive/redrive.ts'),
    import('../../shared/operate/hold.ts'),
  ]);
  const line = progress(cli.stderr, cli.clock);
  try {
    return await redrive(connection, plan, {
      edit: async (letterId) => edits.get(letterId) ?? null,
      noTrial,
      patienceMs: PATIENCE_MS,
      heldBy: async () => heldWords((await obstaclesNow(connection)).holds, cli.clock()),
      isStopAsked: () => stop.asked,
      onProgress: (at) =>
        line.show(
          at.kind === 'sending'
            ? `redriven ${count(at.sent)} of ${count(at.total)}`
            : `waiting for ${at.isAll ? 'all' : 'the first'} ${at.sent} to end (${at.ended} have)${at.isAll ? '' : ' before the rest follows'}`,
        ),
    });
  } finally {
    line.done();
  }
}

/** A full rate window is over in seconds: that is no reason to send nothing. */
function heldWords(holds: readonly HoldInForce[], now: number): string | null {
  const hold = holds.find(({ reason }) => reason !== 'rate');
  return hold === undefined ? null : `the account is held by ${holdLine(hold, now)}`;
}

async function endsOfRedriven(
  cli: Cli,
  connection: Connection,
  { jobs }: Redrive,
  stop: Stop,
): Promise<RedrivenEnds> {
  // Of one job there may be two letters: its first redrive was interrupted, and is done with the second.
  const ids = [...new Set(jobs.map(({ jobId }) => jobId))];
  const { ended, dead, cancelled } = await watchEnds(cli, connection, ids, stop, async () => {});
  return {
    completed: ended - dead - cancelled,
    deadLettered: dead,
    cancelled,
    notEnded: ids.length - ended,
  };
}

async function report(
  cli: Cli,
  { plan }: EditedPlan,
  outcome: RedriveOutcome,
  ends: RedrivenEnds | null,
): Promise<void> {
  const { redriveJson } = await import('../../shared/operate/redrive-json.ts');
  const json = redriveJson(plan, outcome, ends);
  const done = `${plural(json.redriven, 'letter')} of ${count(json.selected)} redriven.`;
  const fate = ends === null ? fateOfFirst(outcome) : fateOfAll(ends);
  if (cli.stdout.lost === true) sayDone(cli, done);
  else await print(cli, json, () => [done, ...fate].join('\n'));
  for (const line of [...skippedLines(cli, plan), ...troubleLines(cli, plan, outcome)]) note(cli, line);
}

/** Being back in the queue is no end: what is known of the ends is said beside it. */
function fateOfFirst({ trial }: RedriveOutcome): readonly string[] {
  if (trial === null) return [];
  const open = trial.sent - trial.completed - trial.died.length;
  const parts = [
    `${count(trial.completed)} completed`,
    ...(trial.died.length > 0 ? [`${count(trial.died.length)} died again`] : []),
    ...(open > 0 ? [`${count(open)} not ended`] : []),
  ];
  return [`Of the ${count(trial.sent)} that were waited for: ${parts.join(', ')}.`];
}

function fateOfAll(ends: RedrivenEnds): readonly string[] {
  const jobs = ends.completed + ends.deadLettered + ends.cancelled + ends.notEnded;
  const parts = [
    `${count(ends.completed)} completed`,
    ...(ends.deadLettered > 0 ? [`${count(ends.deadLettered)} died again`] : []),
    ...(ends.cancelled > 0 ? [`${count(ends.cancelled)} cancelled with their batch`] : []),
    ...(ends.notEnded > 0 ? [`${count(ends.notEnded)} not ended`] : []),
  ];
  return [`Of the ${count(jobs)}: ${parts.join(', ')}.`];
}
