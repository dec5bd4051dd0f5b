import type { DefineCommand } from '../cli.ts';
import { examples } from '../render/example.ts';
import { note, print } from '../render/print.ts';

export const defineStatus: DefineCommand = (parent, cli) => {
  parent
    .command('status')
    .summary('budget, queue, holds and why, dead letters')
    .description(
      'How the account stands: its budget, what holds it and until when, the queue, the dead letters by cause.',
    )
    .addHelpText('after', examples('mktq status', 'mktq status --json'))
    .action(async () => {
      const { readStatus, statusJson } = await import('../read-status.ts');
      const { statusScreen } = await import('../render/status.ts');
      const status = await readStatus(await cli.connect());
      await print(cli, statusJson(status), () => statusScreen(status, cli));
      if (status.trouble.length === 0) return;
      cli.exitWith(1);
      for (const trouble of status.trouble) note(cli, `mktq: ${trouble}`);
    });
};
