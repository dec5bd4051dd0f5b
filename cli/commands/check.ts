import type { Basis } from '../check/basis.ts';
import type { Tally } from '../check/tally.ts';
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
  const [{ sourceOf }, { prepare }, { readBasis }, { findingsOf }, { Tally }] = await Promise.all([
    import('../enqueue/source.ts'),
    import('../../client/prepare.ts'),
    import('../check/basis.ts'),
    import('../check/findings.ts'),
    import('../check/tally.ts'),
  ]);
  const basis = await readBasis(cli, { offline });
  const ports = { clock: cli.clock, makeId: () => 'unnamed' };
  const shown = progress(cli.stderr, cli.clock);
  const sayJson = async (value: unknown): Promise<void> => {
    shown.done();
    await printJson(cli, value);
  };
  const tally = new Tally();
  for await (const row of sourceOf({ jobs: file }, cli.stdin)) {
    const { line } = row;
    const answer = row.kind === 'bad' ? row : prepare(row.value, ports);
    if (answer.kind === 'prepared') {
      const { job } = answer.prepared;
      const findings = basis.transport === 'rest' ? findingsOf(job, basis, cli.clock()) : [];
      tally.add(line, job.operation, findings);
      for (const { kind: finding, code, message } of cli.json ? findings : [])
        await sayJson({ line, operation: job.operation, finding, code, message });
    } else {
      tally.addInvalid();
      if (cli.json) await sayJson({ line, error: answer.error });
      else {
        shown.done();
        note(cli, `line ${line}: ${oneLine(answer.error)}`);
      }
    }
    shown.show(`${count(tally.read())} read, ${count(tally.invalid())} invalid`);
  }
  shown.done();
  await conclude(cli, tally, basis);
}

async function conclude(cli: Cli, tally: Tally, basis: Basis): Promise<void> {
  const { countsLine, findingsScreen, OVER_SOAP, sourceLine } = await import('../render/check.ts');
  if (tally.invalid() + tally.counts().refused + tally.counts()['needs-setting'] > 0) cli.exitWith(1);
  const isRest = basis.transport === 'rest' && tally.read() > tally.invalid();
  if (cli.json) {
    if (isRest && basis.source.kind !== 'instance') note(cli, sourceLine(basis, cli.clock()));
    return;
  }
  const [read, invalid] = [tally.read(), tally.invalid()];
  if (isRest) await printLine(cli, findingsScreen(tally, basis, cli.clock(), cli.style));
  await printLine(cli, `${plural(read, 'job')}: ${count(read - invalid)} valid, ${count(invalid)} invalid`);
  if (isRest) await printLine(cli, countsLine(tally.counts()));
  if (basis.transport === 'soap') await printLine(cli, OVER_SOAP);
}
