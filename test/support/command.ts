import { Command } from 'commander';
import type { Cli } from '../../cli/cli.ts';
import { commands } from '../../cli/commands.ts';
import type { StackDescription } from '../../cli/connection.ts';
import { plainStyle } from '../../cli/render/style.ts';
import type { Stop } from '../../cli/stop.ts';
import type { OperatePorts } from '../../shared/operate/ports.ts';

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

interface CommandWorld {
  readonly stdin?: string;
  readonly stop?: Stop;
  /** As on a terminal of so many cells. */
  readonly width?: number;
  readonly env?: Cli['env'];
  readonly terminal?: Cli['terminal'];
  /** What is written on stderr, also by a command that fails. */
  readonly err?: string[];
}

/** Runs a command on these ports as the shell would: `words` are what is typed behind `mktq`. */
export async function command(
  ports: OperatePorts,
  words: readonly string[],
  {
    stdin = '',
    stop = NEVER,
    width = Number.POSITIVE_INFINITY,
    env = {},
    terminal,
    err = [],
  }: CommandWorld = {},
): Promise<Ran> {
  const out: string[] = [];
  let code = 0;
  const cli: Cli = {
    stdout: { write: (text) => out.push(text) > 0 },
    stderr: { write: (text) => err.push(text) > 0 },
    stdin: (async function* () {
      yield stdin;
    })(),
    env,
    terminal,
    clock: ports.clock,
    sleep: ports.sleep,
    style: plainStyle,
    width,
    json: words.includes('--json'),
    dataDir: `${process.cwd()}/.mktq`,
    connect: async () => ({ ...ports, stack: stackOf(ports), close() {} }),
    stop: () => stop,
    exitWith: (wanted) => {
      code = Math.max(code, wanted);
    },
  };
  const program = new Command('mktq').exitOverride().configureOutput({ writeErr: () => {} });
  for (const define of commands) define(program, cli);
  await program.parseAsync(
    words.filter((word) => word !== '--json'),
    { from: 'user' },
  );
  return { out: out.join(''), err: err.join(''), code };
}

const NEVER: Stop = { asked: false, whenAsked: new Promise(() => {}) };

const stackOf = ({ account, limits, retentionMs }: OperatePorts): StackDescription => ({
  name: 'here',
  sqs: '',
  dynamodb: '',
  jobsQueueUrl: '',
  deadLetterQueueUrl: '',
  table: 'mktq',
  region: 'us-east-1',
  account,
  limits,
  retentionMs,
  transport: 'rest',
  restChoices: { foreignIdField: null, partitions: {}, onDuplicate: 'dead-letter' },
});
