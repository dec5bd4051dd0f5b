import { InvalidArgumentError, Option } from 'commander';
import type { GatheredLog } from '../../local/gathered-log.ts';
import { TROUBLE_NAMES, TROUBLES, type TroubleName } from '../../local/marketo-trouble.ts';
import type { StackFile } from '../../local/stack-file.ts';
import type { LocalStack } from '../../local/start-local.ts';
import { transportOf } from '../../shared/config/marketo.ts';
import type { TransportName } from '../../shared/config/transports.ts';
import type { Cli, DefineCommand } from '../cli.ts';
import { Failure, UsageError } from '../exit.ts';
import { note, printJson, printLine } from '../render/print.ts';
import { examples, mktq } from '../render/typed.ts';

interface LocalFlags {
  readonly port?: number;
  readonly verbose?: boolean;
  readonly show?: boolean;
  readonly events?: string;
  readonly completedEvents?: boolean;
  readonly trouble?: TroubleName;
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
    .option('--events <file>', 'append what is news to this file, a JSON object a line (docs/events.md)')
    .option('--completed-events', 'with --events: of each completed job, too')
    .addOption(
      new Option('--trouble <kind>', 'have the pretend Marketo be in trouble, for a game day').choices(
        TROUBLE_NAMES,
      ),
    )
    .option('--show', 'only print the addresses of the one that runs again; exit 1 if none does')
    .addHelpText(
      'after',
      examples(
        'mktq local',
        'mktq local --port 4560 --data .mktq/trial',
        'mktq local --events events.ndjson',
        'mktq local --trouble quota',
        'mktq local --show',
      ),
    )
    .action((flags: LocalFlags) => (flags.show === true ? showLocal(cli, flags) : runLocal(cli, flags)));
};

/** Three ports are taken, so the first is at most two below the last there is. */
const HIGHEST_FIRST_PORT = 65_533;

function firstPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= HIGHEST_FIRST_PORT) return port;
  throw new InvalidArgumentError(`it must be a whole number from 1 to ${HIGHEST_FIRST_PORT}.`);
}

function refuseDeployed({ stackName }: Cli): void {
  if (stackName === undefined) return;
  throw new UsageError(`local runs a stack on this machine: leave out --stack ${stackName}`);
}

/** What the start of the running stack printed, from the file that it keeps while it runs. */
async function showLocal(cli: Cli, { port, verbose, events, trouble }: LocalFlags): Promise<void> {
  refuseDeployed(cli);
  if ([port, verbose, events, trouble].some((flag) => flag !== undefined)) {
    throw new UsageError('--show starts nothing: leave out --port, --verbose, --events and --trouble');
  }
  const { readSettingsFile, readStack } = await import('../../local/stack-file.ts');
  const stack = await readStack(cli.dataDir);
  if (stack === null) {
    throw new Failure(`no stack runs on ${cli.dataDir}; start one with ${mktq(cli, 'local')}`);
  }
  const transport = readSettingsFile(cli.dataDir)?.transport ?? transportOf(cli.env);
  await announce(cli, stack, transport);
}

async function runLocal(cli: Cli, flags: LocalFlags): Promise<void> {
  refuseDeployed(cli);
  if (flags.completedEvents === true && flags.events === undefined) {
    throw new UsageError('--completed-events says what --events is to have: name a file with --events');
  }
  const [{ endOnTrouble }, { keepToThisUser }] = await Promise.all([
    import('../../local/trouble.ts'),
    import('../../local/private-files.ts'),
  ]);
  endOnTrouble(cli.dataDir);
  keepToThisUser();
  // Before the start: a stop that is asked for meanwhile is carried out right after it.
  const asked = cli.stop().whenAsked;
  const { stack, log } = await start(cli, flags);
  await announce(cli, stack.stack, transportOf(cli.env));
  await asked;
  if (!cli.json) cli.stdout.write('stopping …\n');
  const ended = stack.stop();
  const calls = stack.calls();
  if (calls > 0) {
    note(
      cli,
      `mktq: ${calls === 1 ? '1 call is at Marketo and gets' : `${calls} calls are at Marketo and get`} ten seconds to end; stop again to end now`,
    );
  }
  const left = await ended;
  log?.end();
  if (left > 0) {
    note(
      cli,
      `mktq: ${left} running ${left === 1 ? 'batch was' : 'batches were'} cut off; their jobs go on at the next start`,
    );
  }
  // What was cut off would keep the process alive.
  process.exit(0);
}

interface Started {
  readonly stack: LocalStack;
  /** Null where every step has its line. */
  readonly log: GatheredLog | null;
}

async function start(cli: Cli, flags: LocalFlags): Promise<Started> {
  const [{ startLocal }, { lineLog }, { gatheredLog }, { troubleLine }] = await Promise.all([
    import('../../local/start-local.ts'),
    import('../../local/line-log.ts'),
    import('../../local/gathered-log.ts'),
    import('../../local/trouble.ts'),
  ]);
  const verbose = flags.verbose === true;
  const lines = lineLog({ write: (line) => note(cli, line.trimEnd()), clock: cli.clock, verbose });
  const log = verbose ? null : gatheredLog(lines, cli.sleep);
  try {
    const stack = await startLocal({
      dataDir: cli.dataDir,
      env: cli.env,
      log: log ?? lines,
      ...(flags.port === undefined ? {} : { port: flags.port }),
      ...(flags.events === undefined
        ? {}
        : { events: { file: flags.events, completed: flags.completedEvents === true } }),
      ...(flags.trouble === undefined ? {} : { trouble: flags.trouble }),
    });
    return { stack, log };
  } catch (error) {
    log?.end();
    throw new Failure(troubleLine(error, cli.dataDir));
  }
}

async function announce(cli: Cli, stack: StackFile, transport: TransportName): Promise<void> {
  if (cli.json) await printJson(cli, stack);
  else await printLine(cli, welcome(cli, stack, transport));
}

/** What is wrong on purpose, and how it ends while the stack runs on. */
function troubleLines({ rest, trouble }: StackFile['marketo']): string {
  if (trouble === undefined || rest === null) return '';
  const script = new URL('/_simulator/script', rest).href;
  return `
  Trouble   ${trouble}: ${TROUBLES[trouble]}
            it ends with  curl --data '[]' ${script}`;
}

function welcome(cli: Cli, stack: StackFile, transport: TransportName): string {
  // The other terminal need not have this one's MKTQ_DATA.
  const elsewhere = { dataDir: cli.dataDir, stackName: undefined, env: {} };
  const typed = (words: string): string => mktq(elsewhere, words);
  const marketo = transport === 'rest' ? stack.marketo.rest : stack.marketo.soap;
  const lead = { leadRecord: { Email: 'ann@example.com' }, returnLead: false };
  return `mktq is running; its state is in ${cli.dataDir}

  SQS       ${stack.jobsQueueUrl}
  DynamoDB  ${stack.dynamodb}  table ${stack.table}
  Marketo   ${marketo}${stack.marketo.simulated ? '  (simulated)' : ''}${troubleLines(stack.marketo)}

Try in another terminal:

  echo '${JSON.stringify(lead)}' | ${typed('enqueue syncLead - --wait')}
  ${typed('status')}
  ${typed('jobs list --lead ann@example.com')}
  ${typed('dlq list --by-cause')}

Stop with Ctrl-C; everything is kept for the next start.`;
}
