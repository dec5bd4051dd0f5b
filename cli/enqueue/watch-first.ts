import { assertNever } from '../../shared/kernel/assert-never.ts';
import { systemRandom } from '../../shared/kernel/random.ts';
import { type Portent, type Trial, watchCanary } from '../../shared/operate/canary.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { note } from '../render/print.ts';
import type { Progress } from '../render/progress.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { mktq } from '../render/typed.ts';
import { waitText } from '../render/waiting.ts';
import { type Stop, signalOf } from '../stop.ts';
import { wordsFor } from '../trouble.ts';
import type { Report } from './report.ts';

interface Watching {
  readonly cli: Cli;
  readonly stack: Connection;
  readonly stop: Stop;
  readonly shown: Progress;
  readonly report: Report;
}

/** Waits for the ends of the first jobs of a file; says why the rest does not follow, and how to go on. */
export async function watchFirst(watching: Watching, jobIds: readonly string[]): Promise<boolean> {
  const { stack, stop, shown } = watching;
  const first = plural(jobIds.length, 'job');
  const onLook = (ended: number): void =>
    shown.show(`waiting for the first ${first} to end (${count(ended)} have) before the rest follows`);
  try {
    const ports = { ...stack, random: systemRandom };
    const trial = await watchCanary(ports, jobIds, { signal: signalOf(stop) }, onLook);
    shown.done();
    return conclude(watching, first, trial);
  } catch (error) {
    shown.done();
    // That it was stopped is said once, by who stops it.
    if (!stop.asked) sayUnknown(watching, `how the first ${first} ended cannot be read: ${wordsFor(error)}`);
    return false;
  }
}

function conclude(watching: Watching, first: string, trial: Trial): boolean {
  const { cli } = watching;
  switch (trial.kind) {
    case 'passed':
      if (trial.died > 0)
        note(
          cli,
          `${count(trial.died)} of the first ${first} died of ${trial.died === 1 ? 'its own fault' : 'their own faults'}; the rest follows`,
        );
      return true;
    case 'failed':
      sayFailed(watching, first, trial.of);
      return false;
    case 'pending': {
      const waits = trial.waiting === null ? '' : `; waits for ${waitText(trial.waiting, cli.clock())}`;
      sayUnknown(watching, `${count(trial.open)} of the first ${first} have not ended${waits}`);
      return false;
    }
    default:
      return assertNever(trial);
  }
}

function sayFailed({ cli, report }: Watching, first: string, of: Portent): void {
  const fault = [of.class, ...(of.code === null ? [] : [of.code])].join(' ');
  note(cli, `stopped: ${count(of.count)} of the first ${first} died of what the rest would die of`);
  note(cli, `  ${fault}: ${oneLine(of.message)}`);
  note(cli, `  ${of.advice}`);
  note(cli, `${report.soFar()}; their letters: ${mktq(cli, 'dlq list', [], `--cause ${of.cause}`)}`);
  const closed = mktq(cli, 'dlq discard', [], `--cause ${of.cause} --reason "sent anew"`);
  note(cli, `to go on with a corrected file, ${report.howToCorrect(closed)}`);
  note(cli, `to go on with this one all the same, give --canary 0 and ${report.howToGoOn()}`);
  cli.exitWith(1);
}

function sayUnknown({ cli, report }: Watching, why: string): void {
  note(cli, `stopped: ${why}`);
  note(cli, `${report.soFar()}; they stay in the queue`);
  note(cli, `to go on, ${report.howToGoOn()}; --canary 0 waits for none`);
  cli.exitWith(1);
}
