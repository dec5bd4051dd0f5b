import type { Command } from 'commander';
import type { Clock, Sleep } from '../shared/kernel/clock.ts';
import type { Connection } from './connection.ts';
import type { Style } from './render/style.ts';
import type { Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';
import type { TextStream } from './text-stream.ts';

/** What every command is given: where it writes, what was asked globally, and the way to the stack. */
export interface Cli {
  readonly stdout: TextStream & {
    once?(event: 'drain', listener: () => void): unknown;
    /** Nobody reads it any more: what is written is dropped. */
    readonly lost?: boolean;
  };
  readonly stderr: TextStream;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Absent where nobody can be asked. */
  readonly terminal?: Terminal | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Colours for stdout. */
  readonly style: Style;
  /** Cells of a line on stdout; Infinity where stdout is no terminal. */
  readonly width: number;
  /** `--json`: stdout carries JSON and nothing else. */
  readonly json: boolean;
  /** `--stack NAME`: a deployed stack, in place of the one in `dataDir`. */
  readonly stackName?: string | undefined;
  /** `--data DIR`, absolute. */
  readonly dataDir: string;
  /** The adapters of the running stack; a `Failure` that says how to start one if there is none. Closed by the frame. */
  connect(): Promise<Connection>;
  /** From this call on Ctrl-C only asks for an end: the command says what it has done, and how to go on. */
  stop(): Stop;
  /** Ends the process with this code once the command is through; the highest one asked for wins. */
  exitWith(code: 0 | 1): void;
}

/** Adds one command to its parent. Whatever it needs beyond options and words it imports when it runs, so that --help is fast. */
export type DefineCommand = (parent: Command, cli: Cli) => void;
