import type { Command } from 'commander';
import type { Cli, DefineCommand } from './cli.ts';
import { defineBatchShow } from './commands/batch-show.ts';
import { defineCheck } from './commands/check.ts';
import { defineEnqueue } from './commands/enqueue.ts';
import { defineJobsList } from './commands/jobs-list.ts';
import { defineJobsShow } from './commands/jobs-show.ts';
import { definePause } from './commands/pause.ts';
import { defineResume } from './commands/resume.ts';
import { defineStatus } from './commands/status.ts';

/** A command that only holds others: `mktq jobs`, `mktq dlq`. */
function group(name: string, description: string, members: readonly DefineCommand[]): DefineCommand {
  return (parent: Command, cli: Cli) => {
    const command = parent.command(name).description(description);
    for (const define of members) define(command, cli);
  };
}

/**
 * Every command, in the order of the help. A file in commands/ exports one `DefineCommand`; what it imports at its top
 * is read even for `--help`, so SDKs and parsers are imported when the command runs.
 */
export const commands: readonly DefineCommand[] = [
  defineEnqueue,
  defineCheck,
  defineStatus,
  group('jobs', 'what happened to jobs, and why they wait', [defineJobsShow, defineJobsList]),
  group('batch', 'how far a batch is', [defineBatchShow]),
  definePause,
  defineResume,
];
