import { InvalidArgumentError } from 'commander';
import type { LocalStack } from '../../local/start-local.ts';
import { transportOf } from '../../shared/config/marketo.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure, UsageError } from '../exit.ts';
import { harmless } from '../render/text.ts';
import { examples, mktq } from '../render/typed.ts';

interface LocalFlags {
  readonly port?: number;
  readonly verbose?: boolean;
}

export const defineLocal: DefineCommand = (parent, cli) => {
  parent
    .command('local')
    .summary('the whole stack on this machine, until stopped')
    .description(
      'Run the whole stack on this machine until stopped: queue, table, worker, and a pretend Marketo unless one is configured.',
    )
    .option('--port <n>', 'listen on this port and the two after it (default: as last time)', firstPort)
    .option('--verbose', 'log every step on stderr, not only trouble')
    .addHelpText('after', examples('mktq local', 'mktq local --port 4560 --data .mktq/trial'))
    .action((flags: LocalFlags) => runLocal(cli, flags));
};

/** Three ports are taken, so the first is at most two below the last there is. */
const HIGHEST_FIRST_PORT = 65_533;

function firstPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= HIGHEST_FIRST_PORT) return port;
  throw new InvalidArgumentError(`it must be a whole number from 1 to ${HIGHEST_FIRST_PORT}.`);
}

async function runLocal(cli: Cli, flags: LocalFlags): Promise<void> {
  if (cli.stackName !== undefined) {
    throw new UsageError(`local runs a stack on this machine: leave out --stack ${cli.stackName}`);
  }
  const [{ endOnTrouble }, { keepToThisUser }] = await Promise.all([
    import('../../local/trouble.ts'),
    import('../../local/private-files.ts'),
  ]);
  endOnTrouble(cli.dataDir);
  keepToThisUser();
  // Before the start: a stop that is asked for meanwhile is carried out right after it.
  const asked = cli.stop().whenAsked;
  const stack = await start(cli, flags);
  cli.stdout.write(cli.json ? `${JSON.stringify(stack.stack)}\n` : welcome(cli, stack));
  await asked;
  if (!cli.json) cli.stdout.write('stopping …\n');
  const ended = stack.stop();
  const calls = stack.calls();
  if (calls > 0) {
    cli.stderr.write(
      `mktq: ${calls === 1 ? '1 call is at Marketo and gets' : `${calls} calls are at Marketo and get`} ten seconds to end; stop again to end now\n`,
    );
  }
  const left = await ended;
  if (left > 0) {
    cli.stderr.write(
      `mktq: ${left} running ${left === 1 ? 'batch was' : 'batches were'} cut off; their jobs go on at the next start\n`,
    );
  }
  // What was cut off would keep the process alive.
  process.exit(0);
}

async function start(cli: Cli, flags: LocalFlags): Promise<LocalStack> {
  const [{ startLocal }, { lineLog }, { troubleLine }] = await Promise.all([
    import('../../local/start-local.ts'),
    import('../../local/line-log.ts'),
    import('../../local/trouble.ts'),
  ]);
  const log = lineLog({
    write: (line) => cli.stderr.write(harmless(line)),
    clock: cli.clock,
    verbose: flags.verbose === true,
  });
  try {
    return await startLocal({
      dataDir: cli.dataDir,
      env: cli.env,
      log,
      ...(flags.port === undefined ? {} : { port: flags.port }),
    });
  } catch (error) {
    throw new Failure(troubleLine(error, cli.dataDir));
  }
}

function welcome(cli: Cli, { stack }: LocalStack): string {
  // The other terminal need not have this one's MKTQ_DATA.
  const elsewhere = { dataDir: cli.dataDir, stackName: undefined, env: {} };
  const typed = (words: string): string => mktq(elsewhere, words);
  const marketo = transportOf(cli.env) === 'rest' ? stack.marketo.rest : stack.marketo.soap;
  const lead = { leadRecord: { Email: 'ann@example.com' }, returnLead: false };
  return `mktq is running; its state is in ${cli.dataDir}

  SQS       ${stack.jobsQueueUrl}
  DynamoDB  ${stack.dynamodb}  table ${stack.table}
  Marketo   ${marketo}${stack.marketo.simulated ? '  (simulated)' : ''}

Try in another terminal:

  echo '${JSON.stringify(lead)}' | ${typed('enqueue syncLead - --wait')}
  ${typed('status')}
  ${typed('jobs list --lead ann@example.com')}
  ${typed('dlq list --by-cause')}

Stop with Ctrl-C; everything is kept for the next start.
`;
}
