import { ageMs, isCause } from '../../shared/deadletter/filter.ts';
import { isInstant } from '../../shared/job/job-schema.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure, UsageError } from '../exit.ts';
import { noteFrom } from '../note-from.ts';
import { print } from '../render/print.ts';
import { plural } from '../render/text.ts';
import { bothClocks } from '../render/time.ts';
import { examples, mktq } from '../render/typed.ts';

interface AckWords {
  readonly cause: string;
  readonly until?: string;
  readonly note?: string;
  readonly lift?: boolean;
}

export const defineDlqAck: DefineCommand = (parent, cli) => {
  parent
    .command('ack')
    .summary('note that a cause has been seen, and silence it for a while')
    .description(
      'Notes that somebody has seen a cause: nothing more is told of it until a time, or until it has ten times as many open letters as now. Its letters stay open. It is shown with who said so, and why.',
    )
    .requiredOption('--cause <x>', 'which cause (12 hex digits, see dlq list --by-cause)')
    .option('--until <t>', 'a time with a zone (2026-11-23T08:00:00Z), or how long from now (30m, 2h, 3d)')
    .option('--note <n>', 'what is being done about it')
    .option('--lift', 'take it back: the cause speaks again')
    .addHelpText(
      'after',
      examples(
        'mktq dlq ack --cause 3f2a9c0d11ee --until 3d --note "the CRM team renames the field"',
        'mktq dlq ack --cause 3f2a9c0d11ee --lift',
      ),
    )
    .action(async (words: AckWords) => {
      if (!isCause(words.cause)) {
        throw new UsageError(
          `--cause wants the 12 hex digits of dlq list --by-cause, not ${JSON.stringify(words.cause)}`,
        );
      }
      const cause = words.cause.toLowerCase();
      if (words.lift !== true) return acknowledgeCause(cli, cause, words);
      if (words.until !== undefined || words.note !== undefined) {
        throw new UsageError('--lift takes neither --until nor --note');
      }
      await lift(cli, cause);
    });
};

async function acknowledgeCause(cli: Cli, cause: string, words: AckWords): Promise<void> {
  const until = timeFrom(words.until, cli.clock());
  const note = noteFrom('--note', words.note);
  const { acknowledge, acknowledgementJson } = await import('../../shared/operate/acknowledge.ts');
  const said = await acknowledge(await cli.connect(), { cause, until, note });
  if (said.kind === 'no-such-cause') {
    throw new Failure(
      `no open letter is of the cause ${cause}; the causes that there are: ${mktq(cli, 'dlq list --by-cause')}`,
    );
  }
  const { acknowledgement } = said;
  await print(cli, { cause, ...acknowledgementJson(acknowledgement, true) }, () =>
    [
      `${cause} is silent until ${bothClocks(until, cli.clock())}, or until it has ten times its ${plural(acknowledgement.count, 'letter')}.`,
      `Take it back:  ${mktq(cli, `dlq ack --cause ${cause} --lift`)}`,
    ].join('\n'),
  );
}

function timeFrom(word: string | undefined, now: number): number {
  if (word === undefined) throw new UsageError('--until is missing: say until when, such as --until 3d');
  const age = ageMs(word);
  const until = Number.isNaN(age) ? (isInstant(word) ? Date.parse(word) : Number.NaN) : now + age;
  if (Number.isNaN(until)) {
    throw new UsageError(
      `--until wants a time with a zone (2026-11-23T08:00:00Z) or how long from now (30m, 2h, 3d), not ${JSON.stringify(word)}`,
    );
  }
  if (until <= now) throw new UsageError(`--until ${word} is not ahead`);
  return until;
}

async function lift(cli: Cli, cause: string): Promise<void> {
  const { liftAcknowledgement } = await import('../../shared/operate/acknowledge.ts');
  const isLifted = await liftAcknowledgement(await cli.connect(), cause);
  if (!isLifted) throw new Failure(`nobody has acknowledged the cause ${cause}, or its time is over`);
  await print(cli, { cause, lifted: true }, () => `${cause} speaks again.`);
}
