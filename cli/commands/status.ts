import { isoTime } from '../../shared/kernel/clock.ts';
import type { Status } from '../../shared/operate/status.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import type { Connection } from '../connection.ts';
import { note, print } from '../render/print.ts';
import { examples } from '../render/typed.ts';
import { wordsFor } from '../trouble.ts';

export const defineStatus: DefineCommand = (parent, cli) => {
  parent
    .command('status')
    .summary('budget, queue, holds and why, dead letters')
    .description(
      'How the account stands: its budget, what holds it and until when, the queue, the dead letters by cause.',
    )
    .option(
      '--watch',
      'look again every few seconds, until Ctrl-C: on a terminal in place, elsewhere and with --json a line a look',
    )
    .addHelpText('after', examples('mktq status', 'mktq status --json', 'mktq status --watch'))
    .action(async ({ watch = false }: { readonly watch?: boolean }) => {
      const connection = await cli.connect();
      if (watch) return watchStatus(cli, connection);
      const [{ readStatus, statusJson }, { statusScreen }] = await Promise.all([
        import('../../shared/operate/status.ts'),
        import('../render/status.ts'),
      ]);
      const status = await readStatus(connection, wordsFor);
      await print(cli, statusJson(status), () => statusScreen(connection.stack.name, status, cli));
      if (status.trouble.length === 0) return;
      cli.exitWith(1);
      for (const trouble of status.trouble) note(cli, `mktq: ${trouble}`);
    });
};

/** A look at 20,000 letters takes half a second of a processor: most of the time nobody should be looking. */
const EVERY_MS = 5_000;

/** What cannot be read for a moment is said in its place, and looked for again. */
async function watchStatus(cli: Cli, connection: Connection): Promise<void> {
  const [{ readStatus }, { sleepUnlessAborted }, { signalOf }] = await Promise.all([
    import('../../shared/operate/status.ts'),
    import('../../shared/operate/wait.ts'),
    import('../stop.ts'),
  ]);
  const stop = cli.stop();
  const signal = signalOf(stop);
  let said: readonly string[] = [];
  while (!stop.asked && cli.stdout.lost !== true) {
    const asked = stop.whenAsked.then(() => null);
    const status = await Promise.race([readStatus(connection, wordsFor), asked]);
    if (status === null) return;
    await showLook(cli, connection, status, said);
    said = status.trouble;
    await sleepUnlessAborted(EVERY_MS, cli, signal);
  }
}

async function showLook(
  cli: Cli,
  connection: Connection,
  status: Status,
  said: readonly string[],
): Promise<void> {
  const [{ statusJson }, { statusLine, watchedScreen }, { printInPlace, printJson, writeText }] =
    await Promise.all([
      import('../../shared/operate/status.ts'),
      import('../render/watched-status.ts'),
      import('../render/print.ts'),
    ]);
  if (cli.json) return printJson(cli, { at: isoTime(status.now), ...statusJson(status) });
  if (cli.stdout.isTTY !== true) return writeText(cli, `${statusLine(status, said)}\n`);
  return printInPlace(cli, watchedScreen(connection.stack.name, status, cli, EVERY_MS));
}
