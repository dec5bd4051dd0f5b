import type { Command } from 'commander';
import type { Cli, DefineCommand } from './cli.ts';
import { defineBatchCancel } from './commands/batch-cancel.ts';
import { defineBatchFailures } from './commands/batch-failures.ts';
import { defineBatchList } from './commands/batch-list.ts';
import { defineBatchResults } from './commands/batch-results.ts';
import { defineBatchShow } from './commands/batch-show.ts';
import { defineBatchWait } from './commands/batch-wait.ts';
import { defineCheck } from './commands/check.ts';
import { defineDlqAck } from './commands/dlq-ack.ts';
import { defineDlqDiscard } from './commands/dlq-discard.ts';
import { defineDlqExport } from './commands/dlq-export.ts';
import { defineDlqList } from './commands/dlq-list.ts';
import { defineDlqRedrive } from './commands/dlq-redrive.ts';
import { defineDlqReopen } from './commands/dlq-reopen.ts';
import { defineDlqShow } from './commands/dlq-show.ts';
import { defineEnqueue } from './commands/enqueue.ts';
import { defineForget } from './commands/forget.ts';
import { defineJobsList } from './commands/jobs-list.ts';
import { defineJobsShow } from './commands/jobs-show.ts';
import { defineLocal } from './commands/local.ts';
import { defineOperations } from './commands/operations.ts';
import { definePause } from './commands/pause.ts';
import { defineResume } from './commands/resume.ts';
import { defineStatus } from './commands/status.ts';
import { examples } from './render/typed.ts';

/** A command that only holds others: `mktq jobs`, `mktq dlq`. */
function group(
  name: string,
  description: string,
  example: string,
  members: readonly DefineCommand[],
): DefineCommand {
  return (parent: Command, cli: Cli) => {
    const command = parent.command(name).description(description).addHelpText('after', examples(example));
    for (const define of members) define(command, cli);
  };
}

/**
 * Every command, in the order of the help. A file in commands/ exports one `DefineCommand`; what it imports at its top
 * is read even for `--help`, so SDKs and parsers are imported when the command runs.
 */
export const commands: readonly DefineCommand[] = [
  defineLocal,
  defineEnqueue,
  defineCheck,
  defineOperations,
  defineStatus,
  group('jobs', 'what happened to jobs, and why they wait', 'mktq jobs list --lead ann@example.com', [
    defineJobsShow,
    defineJobsList,
  ]),
  group(
    'batch',
    'how far a batch is, waiting for one, what came of it',
    'mktq batch show import-2026-11-22',
    [
      defineBatchShow,
      defineBatchList,
      defineBatchWait,
      defineBatchFailures,
      defineBatchResults,
      defineBatchCancel,
    ],
  ),
  group('dlq', 'dead letters: read them, send them back, close them', 'mktq dlq list --by-cause', [
    defineDlqList,
    defineDlqShow,
    defineDlqRedrive,
    defineDlqDiscard,
    defineDlqReopen,
    defineDlqAck,
    defineDlqExport,
  ]),
  definePause,
  defineResume,
  defineForget,
];

/** What changes nothing, and may end where its reader does. Everything else finishes, whoever reads. */
export const ONLY_PRINT: ReadonlySet<string> = new Set([
  'check',
  'operations',
  'status',
  'jobs show',
  'jobs list',
  'batch show',
  'batch list',
  'batch wait',
  'batch failures',
  'batch results',
  'dlq list',
  'dlq show',
  'dlq export',
]);
