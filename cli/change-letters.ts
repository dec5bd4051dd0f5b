import type { UnreadableLetter } from '../shared/operate/heads.ts';
import type { LetterSelection } from '../shared/operate/letters.ts';
import type { Cli } from './cli.ts';
import type { Connection } from './connection.ts';
import { note, print } from './render/print.ts';
import { progress } from './render/progress.ts';
import { skippedLine } from './render/redrive.ts';
import { count, oneLine, plural } from './render/text.ts';
import { unlessStopped } from './stop.ts';

interface Outcome {
  readonly kind: string;
}

/** One thing that is done to letters, to each by itself. */
interface Change<O extends Outcome> {
  /** What a letter has become then; in JSON, the name of how many have. */
  readonly done: string;
  readonly change: (
    connection: Connection,
    ids: Iterable<string>,
  ) => AsyncIterable<{ readonly letterId: string; readonly became: O | UnreadableLetter }>;
  /** Why one has not become it; null if it has. */
  readonly whyNot: (became: O) => string | null;
  /** What is true of those that were left when somebody stopped it: `left open`. */
  readonly left: string;
}

interface Left {
  readonly letterId: string;
  readonly why: string;
}

const isUnreadable = (became: Outcome): became is UnreadableLetter => became.kind === 'unreadable';

/**
 * Changes the letters, several at once, and says how many. JSON: `{selected, [done], skipped}`, and `stopped: true` where somebody
 * stopped it: those that are neither are as they were. Exit 1 for that, and for an id that could not be changed.
 */
export async function changeLetters<O extends Outcome>(
  cli: Cli,
  connection: Connection,
  { by }: Pick<LetterSelection, 'by'>,
  ids: readonly string[],
  { done, change, whyNot, left }: Change<O>,
): Promise<void> {
  const stop = cli.stop();
  const line = progress(cli.stderr, cli.clock);
  let changed = 0;
  const skipped: Left[] = [];
  const failed: Left[] = [];
  for await (const { letterId, became } of change(connection, unlessStopped(ids, stop))) {
    if (isUnreadable(became)) {
      failed.push({ letterId, why: oneLine(became.message) });
    } else {
      const why = whyNot(became);
      if (why === null) changed += 1;
      else skipped.push({ letterId, why });
    }
    line.show(`${done} ${count(changed)} of ${count(ids.length)}`);
  }
  line.done();
  const untouched = ids.length - changed - skipped.length - failed.length;
  const json = {
    selected: ids.length,
    [done]: changed,
    skipped: skipped.length + failed.length,
    ...(untouched > 0 ? { stopped: true } : {}),
  };
  await print(cli, json, () => `${plural(changed, 'letter')} of ${count(ids.length)} ${done}.`);
  noteLeft(cli, skipped, 'skipped');
  // A table that may not be written says the same of each letter.
  noteLeft(cli, failed, `not ${done}`);
  if (failed.length > 0) cli.exitWith(1);
  if (untouched > 0) {
    cli.exitWith(1);
    const again = by === 'id' ? `: it passes over those that are ${done}` : '';
    note(
      cli,
      `stopped: ${plural(untouched, 'letter')} ${left}; to go on, type the same command again${again}`,
    );
  }
  if (by === 'id' && skipped.length > 0) cli.exitWith(1);
}

/** A line a reason, with the first few letters that it is true of. */
function noteLeft(cli: Cli, left: readonly Left[], title: string): void {
  for (const [why, letters] of Map.groupBy(left, (one) => one.why)) {
    note(cli, skippedLine(letters, why, title));
  }
}
