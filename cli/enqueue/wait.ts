import type { JobRow } from '../../shared/ledger/row.ts';
import type { Cli } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { note } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, plural } from '../render/text.ts';
import { mktq } from '../render/typed.ts';

const LOOK_EVERY_MS = 300;
/** How many of the unended are looked at in one round: all must end, so the first tell enough about when to look on. */
const LOOK_AT = 50;

/** Waits until every job has ended; names the dead-lettered on stderr and makes the exit code say that there were some. */
export async function waitForEnds(
  cli: Cli,
  { ledger }: Pick<Connection, 'ledger'>,
  ids: readonly string[],
): Promise<void> {
  const shown = progress(cli.stderr, cli.clock);
  const dead: string[] = [];
  let ended = 0;
  let open = [...ids];
  while (open.length > 0) {
    const looked = open.slice(0, LOOK_AT);
    const rows = await Promise.all(looked.map((id) => ledger.get(id)));
    const waiting = looked.filter((_, i) => endOf(rows[i] ?? null) === null);
    dead.push(...looked.filter((_, i) => endOf(rows[i] ?? null) === 'dead-lettered'));
    ended += looked.length - waiting.length;
    open = [...waiting, ...open.slice(LOOK_AT)];
    shown.show(`${count(ended)} of ${count(ids.length)} ended, ${count(dead.length)} dead-lettered`);
    if (waiting.length > 0) await cli.sleep(LOOK_EVERY_MS);
  }
  shown.done();
  if (dead.length > 0) cli.exitWith(1);
  for (const id of dead.slice(0, 10)) note(cli, `dead-lettered: ${id} (${mktq(cli, `dlq show ${id}`)})`);
  if (dead.length > 10) note(cli, `and ${count(dead.length - 10)} more: ${mktq(cli, 'dlq list --by-cause')}`);
  if (!cli.json) {
    cli.stdout.write(`${plural(ids.length - dead.length, 'job')} completed, ${dead.length} dead-lettered\n`);
  }
}

function endOf(row: JobRow | null): 'completed' | 'dead-lettered' | null {
  const kind = row?.state.kind;
  return kind === 'completed' || kind === 'dead-lettered' ? kind : null;
}
