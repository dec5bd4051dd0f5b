import type { Command } from 'commander';
import type { Cli, DefineCommand } from './cli.ts';
import { defineEnqueue } from './commands/enqueue.ts';

/**
 * Every command, in the order of the help. A file in commands/ exports one `DefineCommand`; what it imports at its top
 * is read even for `--help`, so SDKs and parsers are imported when the command runs.
 */
export const commands: readonly DefineCommand[] = [defineEnqueue];

/** A command that only holds others: `mktq jobs`, `mktq dlq`. */
export const group =
  (name: string, description: string, members: readonly DefineCommand[]): DefineCommand =>
  (parent: Command, cli: Cli) => {
    const command = parent.command(name).description(description);
    for (const define of members) define(command, cli);
  };
