import type { Cli } from './cli.ts';
import { Failure } from './exit.ts';

/** More letters nobody has looked at one by one. */
const UNASKED = 100;

/** Asks a person before very much is done at once; a script, and whoever says --yes, is not asked. A `Failure` for any other answer than yes. */
export async function confirm(
  { terminal }: Pick<Cli, 'terminal'>,
  {
    letters,
    question,
    yes = false,
  }: { readonly letters: number; readonly question: string; readonly yes?: boolean | undefined },
): Promise<void> {
  if (yes || letters <= UNASKED || terminal === undefined) return;
  const answer = await terminal.ask(`${question} [y/N] `);
  if (!/^\s*y(es)?\s*$/i.test(answer)) throw new Failure('nothing was changed');
}
