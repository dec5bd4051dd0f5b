import type { HoldsChanged } from '../../shared/operate/hold.ts';
import type { DefineCommand } from '../cli.ts';
import { print } from '../render/print.ts';
import { examples } from '../render/typed.ts';
import { holdLine } from '../render/waiting.ts';

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
      const [{ resumeAccount }, { holdsJson }] = await Promise.all([
        import('../../shared/operate/hold.ts'),
        import('../../shared/operate/budget-json.ts'),
      ]);
      const changed = await resumeAccount(await cli.connect());
      await print(cli, holdsJson(changed.after), () => resumedText(changed, cli.clock()));
    });
};

/**
 * A job that met a hold was hidden for at most five minutes at a time, an hour after its fiftieth return, and SQS tells
 * nobody which message that is: it cannot be called back sooner.
 */
const COME_BACK =
  'jobs go on now; one that met the hold comes back within 5 min (within 1 h if that lasted some hours)';

function resumedText({ before, after }: HoldsChanged, now: number): string {
  const still = after.map((hold) => `still held by ${holdLine(hold, now)}`);
  const lifted = before.filter(({ reason }) => after.every((hold) => hold.reason !== reason));
  if (lifted.length === 0) return still.length > 0 ? still.join('\n') : 'nothing was held';
  const ended = `ended the hold${lifted.length === 1 ? '' : 's'} ${lifted.map(({ reason }) => reason).join(', ')}`;
  return [ended, ...(still.length > 0 ? still : [COME_BACK])].join('\n');
}
