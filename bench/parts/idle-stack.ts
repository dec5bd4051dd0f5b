import type { StackFile } from '../../local/stack-file.ts';
import type { Environment } from '../../shared/config/environment.ts';
import { type Child, startChild } from './child.ts';

export interface IdleStackSettings {
  readonly dataDir: string;
  readonly env: Environment;
}

export interface IdleStack {
  readonly stack: StackFile;
  /** What its functions would be given. */
  readonly functionEnv: Environment;
}

/** The local stack without its functions, in a process of its own: queue and table as commands find them, and nobody at work. */
export const startIdleStack = (settings: IdleStackSettings): Promise<Child<IdleStack>> =>
  startChild('idle-stack-child.ts', settings);
