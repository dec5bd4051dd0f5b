import { letterIdOf } from '../deadletter/letter-id.ts';
import type { Delivery, Job } from '../job/job.ts';
import { digestOf } from '../job/message.ts';
import { parseJob } from '../job/parse-job.ts';
import { ACKNOWLEDGE, finishMalformed, type Settlement } from './dead-letter.ts';
import type { WorkPorts } from './ports.ts';

type ReusedPorts = Parameters<typeof finishMalformed>[2] & Pick<WorkPorts, 'archive' | 'bodies'>;

/**
 * The row of the job's id has other contents. That is another job, filed as malformed, unless it is the first message of a job
 * whose redrive was edited or sends the failed records alone: then the letter of its own epoch holds this very job.
 */
export async function finishReusedId(job: Job, delivery: Delivery, ports: ReusedPorts): Promise<Settlement> {
  if (await isInItsLetter(job, ports)) return ACKNOWLEDGE;
  const message = `the id ${job.id} was used before for a job with other contents: send this one under an id of its own`;
  return finishMalformed(delivery, { message, jobId: job.id, operation: job.operation }, ports);
}

async function isInItsLetter(
  job: Job,
  { archive, bodies }: Pick<WorkPorts, 'archive' | 'bodies'>,
): Promise<boolean> {
  const letter = await archive.get(letterIdOf(job.id, job.epoch ?? 0));
  const text = letter === null ? null : await bodies.load(letter.job);
  const filed = text === null ? null : parseJob(text);
  return filed?.kind === 'job' && digestOf(filed.job) === digestOf(job);
}
