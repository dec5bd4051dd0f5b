import type { DefineCommand } from '../cli.ts';
import { examples } from '../render/example.ts';

export const definePause: DefineCommand = (parent, cli) => {
  parent
    .command('pause')
    .summary('hold every job until mktq resume')
    .description(
      'Close the account to every job until mktq resume. Calls that are on their way are finished.',
    )
    .option('--reason <text>', 'for whoever reads mktq status')
    .addHelpText('after', examples(`mktq pause --reason 'maintenance in the CRM'`))
    .action(async (options: { readonly reason?: string }) => {
      const { pauseAccount } = await import('../operator-hold.ts');
      await pauseAccount(cli, options.reason ?? 'paused by an operator');
    });
};
