import type { DefineCommand } from '../cli.ts';
import { noteFrom } from '../note-from.ts';
import { print } from '../render/print.ts';
import { examples } from '../render/typed.ts';
import { holdLine } from '../render/waiting.ts';

export const definePause: DefineCommand = (parent, cli) => {
  parent
    .command('pause')
    .summary('hold every job until mktq resume')
    .description(
      'Close the account to every job until mktq resume. Calls that are on their way are finished.',
    )
    .option('--reason <text>', 'for whoever reads mktq status')
    .addHelpText('after', examples(`mktq pause --reason 'maintenance in the CRM'`))
    .action(async ({ reason }: { readonly reason?: string }) => {
      const message = reason === undefined ? 'paused by an operator' : noteFrom('--reason', reason);
      const [{ pauseAccount }, { holdsJson }] = await Promise.all([
        import('../../shared/operate/hold.ts'),
        import('../../shared/operate/budget-json.ts'),
      ]);
      const { after } = await pauseAccount(await cli.connect(), message);
      await print(cli, holdsJson(after), () =>
        [
          'paused: no job is sent to Marketo until mktq resume',
          ...after
            .filter((hold) => hold.reason !== 'operator')
            .map((hold) => `also held by ${holdLine(hold, cli.clock())}`),
        ].join('\n'),
      );
    });
};
