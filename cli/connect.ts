import type { Connection } from './connection.ts';
import { Failure } from './exit.ts';

/** Opens the adapters of the stack that the options name. */
export async function connect(options: {
  readonly dataDir: string;
  readonly stack: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<Connection> {
  throw new Failure(
    `no stack is running on ${options.dataDir}; start one with: mktq local --data ${options.dataDir}`,
  );
}
