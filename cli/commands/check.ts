import type { Cli, DefineCommand } from '../cli.ts';
import { note, printJson } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { examples } from '../render/typed.ts';

export const defineCheck: DefineCommand = (parent, cli) => {
  parent
    .command('check')
    .summary('what of these jobs is invalid, without sending anything')
    .description(
      'Which of these job messages (JSON lines, as for enqueue --jobs) are invalid or will not run over the configured ' +
        'transport. Sends nothing and needs no stack.',
    )
    .argument('<file>', 'job messages, one per line; - is stdin')
    .addHelpText(
      'after',
      examples('mktq check jobs.ndjson', 'mktq check jobs.ndjson --json > problems.ndjson'),
    )
    .action((file: string) => check(cli, file));
};

async function check(cli: Cli, file: string): Promise<void> {
  const { sourceOf } = await import('../enqueue/source.ts');
  const { prepare } = await import('../../client/prepare.ts');
  const ports = { clock: cli.clock, makeId: () => 'unnamed' };
  const shown = progress(cli.stderr, cli.clock);
  let valid = 0;
  let invalid = 0;
  for await (const row of sourceOf({ jobs: file }, cli.stdin)) {
    const answer = row.kind === 'bad' ? row : prepare(row.value, ports);
    if (answer.kind === 'prepared') valid += 1;
    else {
      invalid += 1;
      shown.done();
      const { line } = row;
      if (cli.json) await printJson(cli, { line, error: answer.error });
      else note(cli, `line ${line}: ${oneLine(answer.error)}`);
    }
    shown.show(`${count(valid + invalid)} read, ${count(invalid)} invalid`);
  }
  shown.done();
  if (invalid > 0) cli.exitWith(1);
  if (!cli.json)
    cli.stdout.write(`${plural(valid + invalid, 'job')}: ${count(valid)} valid, ${count(invalid)} invalid\n`);
}
