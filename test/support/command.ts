import { Command } from 'commander';
import type { Cli } from '../../cli/cli.ts';
import { commands } from '../../cli/commands.ts';
import type { Connection, StackDescription } from '../../cli/connection.ts';
import { Failure } from '../../cli/exit.ts';
import { plainStyle } from '../../cli/render/style.ts';
import type { Stop } from '../../cli/stop.ts';
import type { OperatePorts } from '../../shared/operate/ports.ts';

interface Ran {
  readonly out: string;
  readonly err: string;
  /** Both together, as they stand on one terminal. */
  readonly screen: string;
  readonly code: number;
  /** What is on stdout, read as a JSON value a line. */
  readonly lines: <T = unknown>() => readonly T[];
}

interface CommandWorld {
  readonly stdin?: string;
  readonly stop?: Stop;
  /** As on a terminal of so many cells. */
  readonly width?: number;
  /** What more stdout says of itself. */
  readonly stdout?: Partial<Cli['stdout']>;
  /** What more stderr says of itself. */
  readonly stderr?: Partial<Cli['stderr']>;
  readonly env?: Cli['env'];
  readonly terminal?: Cli['terminal'];
  readonly stackName?: string | undefined;
  /** Other than the ports and the settings of this stack. */
  readonly connection?: Partial<Connection>;
  readonly stack?: Partial<StackDescription>;
  /** No stack is running. */
  readonly alone?: boolean | undefined;
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
    stdout = {},
    stderr = {},
    env = {},
    terminal,
    stackName,
    connection,
    stack,
    alone = false,
    err = [],
  }: CommandWorld = {},
): Promise<Ran> {
  const out: string[] = [];
  const screen: string[] = [];
  const onto = (texts: string[]) => (text: string) => texts.push(text) > 0 && screen.push(text) > 0;
  let code = 0;
  const cli: Cli = {
    stdout: { ...stdout, write: onto(out) },
    stderr: { ...stderr, write: onto(err) },
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
    stackName,
    connect: async () => {
      if (alone) throw new Failure('no stack is running');
      return { ...ports, stack: { ...stackOf(ports), ...stack }, close() {}, ...connection };
    },
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
  const text = out.join('');
  const lines = <T>(): readonly T[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return { out: text, err: err.join(''), screen: screen.join(''), code, lines };
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
