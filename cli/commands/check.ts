import type { Cli, DefineCommand } from '../cli.ts';
import { note, printJson, printLine } from '../render/print.ts';
import { progress } from '../render/progress.ts';
import { count, oneLine, plural } from '../render/text.ts';
import { examples } from '../render/typed.ts';

export const defineCheck: DefineCommand = (parent, cli) => {
  parent
    .command('check')
    .summary('what of these jobs is invalid or will not run, without sending anything')
    .description(
      'Which of these job messages (JSON lines, as for enqueue --jobs) are invalid, which cannot run over REST or need a ' +
        'setting, and which run otherwise than over SOAP. Sends nothing, asks Marketo nothing and needs no stack; one that ' +
        'is there lends its settings and the lead fields that its worker has read. Ends with 1 if a job would not run.',
    )
    .argument('<file>', 'job messages, one per line; - is stdin')
    .option('--offline', 'ask no stack: the settings of this shell, and the fields that every instance has')
    .addHelpText(
      'after',
      examples('mktq check jobs.ndjson', 'mktq check jobs.ndjson --stack mktq-acme --json > findings.ndjson'),
    )
    .action((file: string, flags: { readonly offline?: boolean }) =>
      check(cli, file, flags.offline === true),
    );
};

async function check(cli: Cli, file: string, offline: boolean): Promise<void> {
  const [
    { sourceOf },
    { prepare },
    { readBasis },
    { findingsOf },
    { Tally },
    { countsLine, findingsScreen, sourceLine },
  ] = await Promise.all([
    import('../enqueue/source.ts'),
    import('../../client/prepare.ts'),
    import('../check/basis.ts'),
    import('../check/findings.ts'),
    import('../check/tally.ts'),
    import('../render/check.ts'),
  ]);
  const basis = await readBasis(cli, { offline });
  const ports = { clock: cli.clock, makeId: () => 'unnamed' };
  const shown = progress(cli.stderr, cli.clock);
  const tally = new Tally();
  let invalid = 0;
  let read = 0;
  for await (const row of sourceOf({ jobs: file }, cli.stdin)) {
    read += 1;
    const { line } = row;
    const answer = row.kind === 'bad' ? row : prepare(row.value, ports);
    const said: unknown[] = [];
    if (answer.kind === 'prepared') {
      const { operation } = answer.prepared.job;
      const findings = basis.transport === 'rest' ? findingsOf(answer.prepared.job, basis, cli.clock()) : [];
      tally.add(line, operation, findings);
      for (const { kind: finding, code, message } of findings)
        said.push({ line, operation, finding, code, message });
    } else {
      invalid += 1;
      shown.done();
      said.push({ line, error: answer.error });
      if (!cli.json) note(cli, `line ${line}: ${oneLine(answer.error)}`);
    }
    for (const value of cli.json ? said : []) await printJson(cli, value);
    shown.show(`${count(read)} read, ${count(invalid)} invalid`);
  }
  shown.done();
  const { refused, 'needs-setting': unset } = tally.counts();
  if (invalid + refused + unset > 0) cli.exitWith(1);
  const isRest = basis.transport === 'rest' && read > invalid;
  if (cli.json) {
    if (isRest && basis.source.kind !== 'instance') note(cli, sourceLine(basis, cli.clock()));
    return;
  }
  if (isRest) await printLine(cli, findingsScreen(tally, basis, cli.clock(), cli.style));
  await printLine(cli, `${plural(read, 'job')}: ${count(read - invalid)} valid, ${count(invalid)} invalid`);
  if (isRest) await printLine(cli, countsLine(tally.counts()));
}
