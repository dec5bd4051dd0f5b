import type { DefineCommand } from '../cli.ts';
import { examples } from '../render/example.ts';

export const defineResume: DefineCommand = (parent, cli) => {
  parent
    .command('resume')
    .description(
      "End the operator's hold, and those for refused credentials and a failing Marketo. The day's quota cannot be resumed.",
    )
    .addHelpText('after', examples('mktq resume'))
    .action(async () => {
      const { resumeAccount } = await import('../operator-hold.ts');
      await resumeAccount(cli);
    });
};
