import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { systemClock, systemSleep } from '../shared/kernel/clock.ts';
import type { Cli } from './cli.ts';
import { commands } from './commands.ts';
import type { Connection } from './connection.ts';
import { Failure, UsageError } from './exit.ts';
import { styleFor } from './render/style.ts';
import { harmless } from './render/text.ts';
import { DEFAULT_DATA, dataDirOf } from './render/typed.ts';
import { wordsFor } from './trouble.ts';

const HINT = '(add --help for the options and an example)';

/** Runs one command line and answers its exit code: 0 done, 1 failed, 2 wrong usage. */
export async function main(process: NodeJS.Process): Promise<number> {
  leaveQuietlyWhenNobodyReads(process);
  const session = openSession(process);
  try {
    await session.program.parseAsync(process.argv);
    return session.code();
  } catch (error) {
    return report(error, process.stderr);
  } finally {
    await session.close();
  }
}

/** `mktq jobs list | head` ends the reader first: that is no failure. */
function leaveQuietlyWhenNobodyReads(process: NodeJS.Process): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
}

interface Session {
  readonly program: Command;
  code(): number;
  close(): Promise<void>;
}

function openSession(process: NodeJS.Process): Session {
  const program = new Command('mktq');
  let code = 0;
  let connection: Promise<Connection> | null = null;
  const options = (): GlobalOptions => program.opts<GlobalOptions>();
  const cli: Cli = {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    clock: systemClock,
    sleep: systemSleep,
    style: styleFor(process.stdout, process.env),
    width: process.stdout.isTTY === true ? (process.stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
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
    exitWith(wanted) {
      code = Math.max(code, wanted);
    },
  };
  describe(program, cli);
  return {
    program,
    code: () => code,
    close: async () => (await connection?.catch(() => null))?.close(),
  };
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
    .option('--data <dir>', `state of the local stack (or MKTQ_DATA; default ${DEFAULT_DATA})`)
    .option(
      '--stack <name>',
      'talk to a deployed stack instead, such as mktq-acme, with your AWS credentials',
    )
    .option('--json', 'JSON on stdout and nothing else')
    .showHelpAfterError(HINT)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeErr: (text) => cli.stderr.write(harmless(text)) })
    .exitOverride();
  for (const define of commands) define(program, cli);
}

function report(error: unknown, stderr: NodeJS.WriteStream): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : new UsageError('').exitCode;
  stderr.write(`mktq: ${harmless(wordsFor(error))}\n`);
  if (error instanceof UsageError) stderr.write(`${HINT}\n`);
  return error instanceof Failure || error instanceof UsageError ? error.exitCode : 1;
}
