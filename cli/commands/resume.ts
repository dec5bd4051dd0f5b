import type { DefineCommand } from '../cli.ts';
import { examples } from '../render/example.ts';

export const defineResume: DefineCommand = (parent, cli) => {
  parent
    .command('resume')
    .summary('end every hold but that of the quota')
    .description(
      "End the operator's hold, and those for refused credentials and a failing Marketo. The day's quota cannot be resumed. " +
        'A job that met the hold comes back within 5 minutes, or within an hour if the hold lasted some hours.',
    )
    .addHelpText('after', examples('mktq resume'))
    .action(async () => {
      const { resumeAccount } = await import('../operator-hold.ts');
      await resumeAccount(cli);
    });
};
