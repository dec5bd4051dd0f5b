import type { DefineCommand } from '../cli.ts';
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
    .addHelpText('after', examples('mktq status', 'mktq status --json'))
    .action(async () => {
      const [{ readStatus, statusJson }, { statusScreen }] = await Promise.all([
        import('../../shared/operate/status.ts'),
        import('../render/status.ts'),
      ]);
      const connection = await cli.connect();
      const status = await readStatus(connection, wordsFor);
      await print(cli, statusJson(status), () => statusScreen(connection.stack.name, status, cli));
      if (status.trouble.length === 0) return;
      cli.exitWith(1);
      for (const trouble of status.trouble) note(cli, `mktq: ${trouble}`);
    });
};
