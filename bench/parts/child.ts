import { type ChildProcess, fork } from 'node:child_process';

/** A process of its own for what must not share an event loop with the measured one. */
export interface Child<Ready> {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Ready;
  /** Asks it to end, and resolves when it has. */
  end(): Promise<void>;
}

/** Starts a module of this folder with its settings as JSON; it sends one message when it is ready. */
export async function startChild<Ready>(module: string, settings: unknown): Promise<Child<Ready>> {
  const child = fork(new URL(`./${module}`, import.meta.url), [JSON.stringify(settings)], {
    // Only the bench itself may write to stdout.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${module} ended with ${code} before it was ready`)));
  });
  return { pid: child.pid ?? 0, ready, end: () => end(child, ended) };
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  await ended;
}

/** For the child: its settings, and its end with that of its parent, however that comes about. */
export function childSettings<Settings>(): Settings {
  process.once('disconnect', () => process.exit(0));
  return JSON.parse(process.argv[2] ?? '{}') as Settings;
}
