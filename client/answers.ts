import type { BatchPorts } from '../shared/operate/batch.ts';
import { findBatch } from '../shared/operate/batch.ts';
import { batchAnswers, FAILED_KINDS, waitForBatch } from '../shared/operate/batch-answers.ts';
import { resultFor, type SenderPorts, sentJobOf } from '../shared/operate/result.ts';
import type { Answer, CompletedJob, Job, OperationName, PendingJob } from './answer-types.ts';
import { noTable } from './no-table.ts';
import type { Client } from './types.ts';

type Answers = Pick<Client, 'job' | 'result' | 'batch'>;

/** What the library reads. Of which operation a result is, and so its type, its caller knows. */
export const answersFrom = (ports: SenderPorts & BatchPorts): Answers => ({
  job: async <Name extends OperationName>(id: string) => (await sentJobOf(ports, id)) as Job<Name> | null,
  result: async <Name extends OperationName>(id: string, options = {}) =>
    (await resultFor(ports, id, options)) as Answer<Name> | PendingJob,
  batch: (name) => ({
    name,
    progress: () => findBatch(ports, name),
    wait: (options = {}) => waitForBatch(ports, name, options),
    failures: () => batchAnswers(ports, name, FAILED_KINDS),
    results: <Name extends OperationName>() =>
      batchAnswers(ports, name, ['completed']) as AsyncIterable<CompletedJob<Name>>,
  }),
});

export const NO_ANSWERS: Answers = {
  job: async () => {
    throw noTable('job');
  },
  result: async () => {
    throw noTable('result');
  },
  batch: () => {
    throw noTable('batch');
  },
};
