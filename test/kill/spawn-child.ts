import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Orders } from './points.ts';

/** A child that has its modules loaded and waits for its orders. */
export interface IdleChild {
  begin(orders: Orders): Child;
  discard(): void;
}

/** A child at work. */
export interface Child {
  /** Its first line of stdout, when it is ready; null if it ended before. */
  readonly ready: Promise<string | null>;
  /** Resolves with the signal that ended it; null if it ended by itself. */
  readonly ended: Promise<NodeJS.Signals | null>;
  isOver(): boolean;
  kill(): void;
  /** Asks it to end. */
  stop(): void;
  /** What it wrote to stderr, for the report of a failure. */
  words(): string;
}

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const MOST_WORDS = 20_000;

/** Starts a child ahead of its time, so that the child before it hides how long the loading of modules takes. */
export function spawnChild(compileCache: string): IdleChild {
  const spawned = spawn(process.execPath, [CHILD], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: compileCache },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const child = watch(spawned);
  return {
    begin(orders) {
      // A child that is killed before it reads is known by its end.
      spawned.stdin.on('error', () => {});
      spawned.stdin.write(`${JSON.stringify(orders)}\n`);
      return child;
    },
    discard: child.kill,
  };
}

function watch(spawned: ChildProcessWithoutNullStreams): Child {
  let words = '';
  let over = false;
  spawned.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MOST_WORDS);
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    spawned.once('exit', (_code, signal) => {
      over = true;
      resolve(signal);
    });
  });
  return {
    ready: firstLine(spawned, ended),
    ended,
    isOver: () => over,
    kill: () => {
      spawned.kill('SIGKILL');
    },
    stop: () => {
      spawned.kill('SIGTERM');
    },
    words: () => words,
  };
}

async function firstLine(
  spawned: ChildProcessWithoutNullStreams,
  ended: Promise<unknown>,
): Promise<string | null> {
  let text = '';
  const line = new Promise<string>((resolve) => {
    spawned.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
  return Promise.race([line, ended.then(() => null)]);
}
