import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { systemClock, systemSleep } from '../shared/kernel/clock.ts';
import type { Cli } from './cli.ts';
import { commands, ONLY_PRINT } from './commands.ts';
import type { Connection } from './connection.ts';
import { Failure, UsageError } from './exit.ts';
import { type Loss, Output } from './output.ts';
import { fitText } from './render/fit.ts';
import { note, widthOf } from './render/print.ts';
import { styleFor } from './render/style.ts';
import { harmless } from './render/text.ts';
import { DEFAULT_DATA, dataDirOf, examples } from './render/typed.ts';
import { type Stop, stopOnSignals } from './stop.ts';
import { terminalOf } from './terminal.ts';
import { wordsFor } from './trouble.ts';

const HINT = '(add --help for the options and an example)';

/** Runs one command line and answers its exit code: 0 done, 1 failed, 2 wrong usage. */
export async function main(process: NodeJS.Process): Promise<number> {
  const session = openSession(process);
  try {
    await session.program.parseAsync(process.argv);
    return session.code();
  } catch (error) {
    return report(error, session.stderr);
  } finally {
    await session.close();
  }
}

/**
 * `mktq jobs list | head` ends the reader first: that is no failure. What changes something goes on: half an import,
 * cut off where somebody had read enough of it, would be the worst of all ends.
 */
function outputLost({ quiet, words }: Loss, goesOn: boolean, stderr: Output, process: NodeJS.Process): void {
  if (goesOn) {
    note({ stderr }, `mktq: the output went away (${words}); the command goes on to its end`);
    return;
  }
  if (quiet) process.exit(0);
  note({ stderr }, `mktq: the output is not complete: ${words}`);
  process.exit(1);
}

interface Session {
  readonly program: Command;
  readonly stderr: Output;
  code(): number;
  close(): Promise<void>;
}

function openSession(process: NodeJS.Process): Session {
  const program = new Command('mktq');
  let code = 0;
  let connection: Promise<Connection> | null = null;
  let stop: Stop | null = null;
  let goesOn = false;
  // Whatever stderr says besides, the command's answer is on stdout: that nobody reads the one does not end the other.
  const columns = columnsOf(process.env);
  const stderr = new Output(process.stderr, () => {}, columns);
  const stdout = new Output(process.stdout, (loss) => outputLost(loss, goesOn, stderr, process), columns);
  const options = (): GlobalOptions => program.opts<GlobalOptions>();
  const cli: Cli = {
    stdout,
    stderr,
    stdin: process.stdin,
    terminal: terminalOf(process),
    env: process.env,
    clock: systemClock,
    sleep: systemSleep,
    style: styleFor(process.stdout, process.env),
    get width() {
      return widthOf(stdout);
    },
    get json() {
      return options().json === true;
    },
    get dataDir() {
      const { data } = options();
      return data === undefined ? dataDirOf(process.env) : resolve(data);
    },
    get stackName() {
      return options().stack;
    },
    connect() {
      const { data, stack } = options();
      if (data !== undefined && stack !== undefined) {
        throw new UsageError('--data names a local stack and --stack a deployed one: give one of them');
      }
      connection ??= openConnection(cli);
      return connection;
    },
    stop() {
      stop ??= stopOnSignals(process);
      return stop;
    },
    exitWith(wanted) {
      code = Math.max(code, wanted);
    },
  };
  describe(program, cli);
  program.hook('preAction', (_, command) => {
    goesOn = !ONLY_PRINT.has(pathOf(command));
  });
  return {
    program,
    stderr,
    code: () => code,
    close: async () => {
      (await connection?.catch(() => null))?.close();
      // It may be open for as long as its writer likes, and would keep the process alive.
      if (stop?.asked === true) process.stdin.destroy();
    },
  };
}

/** What COLUMNS says, which a shell exports for those who want a width of their own, in a pipe, too. */
function columnsOf({ COLUMNS = '' }: NodeJS.ProcessEnv): number | undefined {
  return /^[1-9]\d{0,3}$/.test(COLUMNS) ? Number(COLUMNS) : undefined;
}

/** `dlq list`: the words by which the command is called. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent == null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

interface GlobalOptions {
  readonly data?: string;
  readonly stack?: string;
  readonly json?: boolean;
}

async function openConnection(cli: Cli): Promise<Connection> {
  const { connect } = await import('./connect.ts');
  return connect({ dataDir: cli.dataDir, stack: cli.stackName, env: cli.env });
}

function describe(program: Command, cli: Cli): void {
  program
    .description('A durable job queue in front of Marketo.')
    .version(ownVersion(), '--version', 'the version of mktq')
    .option('--data <dir>', `state of the local stack (or MKTQ_DATA; default ${DEFAULT_DATA})`)
    .option(
      '--stack <name>',
      'talk to a deployed stack instead, such as mktq-acme, with your AWS credentials',
    )
    .option('--json', 'JSON on stdout and nothing else')
    .addHelpText('after', examples('npx mktq local', 'npx mktq status --json'))
    .showHelpAfterError(HINT)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => cli.stdout.write(fitText(text, widthOf(cli.stdout))),
      writeErr: (text) => cli.stderr.write(fitText(harmless(text), widthOf(cli.stderr))),
      ...(cli.stdout.columns === undefined ? {} : { getOutHelpWidth: () => widthOf(cli.stdout) }),
    })
    .exitOverride();
  for (const define of commands) define(program, cli);
}

/** Of the package: beside the sources, or above what was built of them. */
function ownVersion(): string {
  const places = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url));
  const found = places.find((place) => existsSync(place));
  const manifest: unknown = found === undefined ? null : JSON.parse(readFileSync(found, 'utf8'));
  const isNamed = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isNamed && typeof manifest.version === 'string' ? manifest.version : 'unknown';
}

function report(error: unknown, stderr: Output): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : new UsageError('').exitCode;
  note({ stderr }, `mktq: ${wordsFor(error)}`);
  if (error instanceof UsageError) note({ stderr }, HINT);
  return error instanceof Failure || error instanceof UsageError ? error.exitCode : 1;
}
