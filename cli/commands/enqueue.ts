import { setFlagsFromString } from 'node:v8';
import { Option } from 'commander';
import type { DefineCommand } from '../cli.ts';
import type { EnqueueOptions } from '../enqueue/options.ts';
import { examples } from '../render/typed.ts';

/**
 * Every row leaves some garbage of the SDK, and V8 would rather grow its heap than collect it: to 330 MB for 10,000
 * rows of which 50 are in use, measured. It must be said before the SDK is loaded.
 */
const keepHeapSmall = (): void => setFlagsFromString('--optimize-for-size');

export const defineEnqueue: DefineCommand = (parent, cli) => {
  parent
    .command('enqueue')
    .summary('put jobs into the queue')
    .description(
      'Puts jobs into the queue: one from a JSON file, many from JSON lines or a CSV file. Every row is validated before ' +
        'it is sent; a bad one is reported with its line and stops nothing else. A CSV file that comes back, of batch failures, batch ' +
        'results or --rejects, is known by its column mktq:id: the jobs of its rows that are dead are redriven with what the rows say now.',
    )
    .argument('[operation]', 'one of the 23 operations, such as syncLead')
    .argument('[file]', 'its params as JSON, or one JSON object per line; - is stdin')
    .option('--jobs <file>', 'whole job messages, one per line, instead of an operation')
    .option('--csv <file>', 'syncLead only: a row a job; the header names the attributes')
    .option('--key <column>', 'with --csv: the column that names the lead (Email, Id, ForeignSysPersonId)')
    .option('--blank-clears', 'with --csv: an empty cell clears the field, instead of leaving it alone')
    .option('--map <file>', 'with --csv: a JSON object, column to attribute; null leaves a column out')
    .option(
      '--no-header-check',
      'with --csv: send columns that are no fields, as far as is known, all the same',
    )
    .option(
      '--rejects <file>',
      'with --csv: write the rows that are refused into this CSV file, each with its id and the reason; one of an earlier run is renamed',
    )
    .option('--include-in-doubt', 'with --csv: redrive also what may have run already')
    .option('--dry-run', 'only say what would be sent and refused, and what it would cost')
    .option(
      '--canary <n>',
      'send so many rows first, and the rest only if they do not die of what would kill it (default 10 of a file of 500 rows or more; 0: none)',
    )
    .option('--batch <name>', 'count these jobs together; without --id a row gets the id NAME-LINE')
    .option('--id <id>', 'the id of the one job')
    .option('--workspace <name>', 'syncLead only: the workspace of the lead')
    .addOption(
      new Option('--on-in-doubt <what>', 'when it is unknown whether an unsafe call was carried out').choices(
        ['dead-letter', 'retry'],
      ),
    )
    .option('--not-before <time>', 'do not run before this time, such as 2026-11-22T18:00:00Z')
    .option('--expires-at <time>', 'do not run after this time')
    .option('--max-attempts <n>', 'attempts before the job is dead-lettered (default 12)')
    .option('--wait', 'until the jobs have ended; exit 1 if one is dead-lettered')
    .addHelpText(
      'after',
      examples(
        `echo '{"leadKey":{"keyType":"EMAIL","keyValue":"ann@example.com"}}' | mktq enqueue getLead - --wait`,
        'mktq enqueue syncLead --csv leads.csv --key Email --batch import-2026-11-22',
        'mktq enqueue syncLead --csv leads.csv --key Email --map columns.json --dry-run',
        'mktq enqueue syncLead --csv failed.csv --key Email --batch import-2026-11-22 --rejects refused.csv',
        'mktq enqueue --jobs jobs.ndjson --json',
      ),
    )
    .action(async (operation: string | undefined, file: string | undefined, options: EnqueueOptions) => {
      keepHeapSmall();
      const { enqueue } = await import('../enqueue/enqueue.ts');
      await enqueue(cli, { ...options, operation, file });
    });
};
