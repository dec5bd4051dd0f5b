import { assertNever } from '../../shared/kernel/assert-never.ts';
import type { HoldsChanged, QuotaAnswer } from '../../shared/operate/hold.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { note, print } from '../render/print.ts';
import { sayingSo } from '../render/progress.ts';
import { count } from '../render/text.ts';
import { duration } from '../render/time.ts';
import { examples } from '../render/typed.ts';
import { holdLine } from '../render/waiting.ts';

export const defineResume: DefineCommand = (parent, cli) => {
  parent
    .command('resume')
    .summary('end every hold but that of the quota')
    .description(
      "End the operator's hold, and those for refused credentials and a failing Marketo. Only Marketo ends that of the day's quota: " +
        '--quota has it asked now. Exit 0 if the account is open then, else 1. ' +
        'A job that met the hold comes back within 5 minutes, or within an hour if the hold lasted some hours.',
    )
    .option('--quota', "have the warden ask Marketo now whether the day's quota is there again (up to 90 s)")
    .addHelpText('after', examples('mktq resume', 'mktq resume --quota'))
    .action((options: { readonly quota?: boolean }) => resume(cli, options.quota ?? false));
};

async function resume(cli: Cli, quota: boolean): Promise<void> {
  const [{ askForQuota, resumeAccount }, { holdsJson }] = await Promise.all([
    import('../../shared/operate/hold.ts'),
    import('../../shared/operate/budget-json.ts'),
  ]);
  const connection = await cli.connect();
  const changed = await resumeAccount(connection);
  if (quota) note(cli, 'waiting for the warden to ask Marketo, up to 90 s');
  const asking = quota ? askForQuota(connection) : Promise.resolve(null);
  const answer = await sayingSo(cli.stderr, 'still waiting for the warden', asking);
  const after = answer?.after ?? changed.after;
  const json = { ...holdsJson(after), ...(answer === null ? {} : { quota: answer.kind }) };
  await print(cli, json, () => resumedText({ ...changed, after }, answer, cli.clock()));
  if (after.length > 0) cli.exitWith(1);
}

/**
 * A job that met a hold was hidden for at most five minutes at a time, an hour after its fiftieth return, and SQS tells
 * nobody which message that is: it cannot be called back sooner.
 */
const COME_BACK =
  'jobs go on now; one that met the hold comes back within 5 min (within 1 h if that lasted some hours)';

function resumedText({ before, after }: HoldsChanged, answer: QuotaAnswer | null, now: number): string {
  const asked = answer === null ? [] : [quotaText(answer)];
  const still = after.map((hold) => `still held by ${holdLine(hold, now)}`);
  const lifted = before.filter(({ reason }) => after.every((hold) => hold.reason !== reason));
  if (lifted.length === 0) return [...asked, ...(still.length > 0 ? still : ['nothing was held'])].join('\n');
  const ended = `ended the hold${lifted.length === 1 ? '' : 's'} ${lifted.map(({ reason }) => reason).join(', ')}`;
  return [...asked, ended, ...(still.length > 0 ? still : [COME_BACK])].join('\n');
}

function quotaText(answer: QuotaAnswer): string {
  switch (answer.kind) {
    case 'not-held':
      return 'the quota does not hold the account: nothing to ask Marketo about';
    case 'own-limit':
      return `our own MARKETO_DAILY_QUOTA closed the day, at ${count(answer.limit)} calls (times MARKETO_SHARE): Marketo was not asked; raise it if the subscription has more`;
    case 'lifted':
      return 'Marketo answered: there is quota again';
    case 'stands':
      return `the quota is not there yet; Marketo said: ${answer.hold.message}`;
    case 'unanswered':
      return `the warden has asked nobody within ${duration(answer.waitedMs)}: is it running? It still will when it does`;
    default:
      return assertNever(answer);
  }
}
