import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqsJobsQueue } from '../../shared/aws/sqs-queues.ts';
import type { Job } from '../../shared/job/job.ts';
import { messageFor } from '../../shared/job/message.ts';
import { systemClock, systemSleep } from '../../shared/kernel/clock.ts';
import { systemRandom } from '../../shared/kernel/random.ts';
import { runBatch } from '../../shared/run/batch.ts';
import { createDrawingWorld } from '../support/drawing-world.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../support/embedded.ts';
import { sendAll } from '../support/send-all.ts';
import { syncLeadJob } from '../support/work-world.ts';

let aws: EmbeddedAws;
beforeAll(async () => {
  aws = await startEmbeddedAws();
});
afterAll(() => aws.stop());

/** A worker on memory whose queue is in SQS. `invoke` is one event: ten messages, and what the worker draws beside them. */
async function workerOn(jobs: readonly Job[]) {
  const kernel = { clock: systemClock, sleep: systemSleep };
  const queueUrl = await aws.createQueue();
  const jobsQueue = sqsJobsQueue({ ...kernel, client: aws.clients.sqs, queueUrl, random: systemRandom });
  await sendAll(
    jobsQueue,
    jobs.map((job) => messageFor(job)),
  );
  const world = createDrawingWorld({ startAt: Date.now() });
  const ports = { ...world.ports, ...kernel, jobsQueue };
  const invoke = async (): Promise<number> => {
    const event = await jobsQueue.receive(330_000);
    const { failed } = await runBatch(event, { deadline: Date.now() + 300_000 }, ports);
    const done = event.filter(({ messageId }) => !failed.includes(messageId));
    await jobsQueue.remove(done, Date.now() + 5_000);
    return event.length;
  };
  return { ...world, jobsQueue, invoke };
}

describe('drawing from SQS', () => {
  test('runs a thousand single jobs in one invocation and a few calls', async () => {
    const jobs = Array.from({ length: 1_000 }, (_, i) => syncLeadJob(`j${i}`));
    const { invoke, jobsQueue, ledger, sends } = await workerOn(jobs);
    expect(await invoke()).toBe(10);
    expect(await jobsQueue.stats()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    const states = jobs.map(({ id }) => ledger.row(id)?.state.kind);
    expect(new Set(states)).toEqual(new Set(['completed']));
    const sent = sends.flatMap(({ params }) => JSON.stringify(params).match(/[\w.]+@example\.com/g) ?? []);
    expect(new Set(sent).size).toBe(1_000);
    expect(sent).toHaveLength(1_000);
    expect(sends.length).toBeLessThanOrEqual(6);
  });

  test('keeps the order of each lead, whoever is drawn with whom', async () => {
    const jobs = Array.from({ length: 300 }, (_, i) => {
      const email = `lead${i % 30}@example.com`;
      const leadAttributeList = {
        attribute: [{ attrName: 'FirstName', attrValue: `lead${i % 30} ${Math.floor(i / 30)}` }],
      };
      return syncLeadJob(`j${i}`, email, {
        params: { leadRecord: { Email: email, leadAttributeList }, returnLead: false },
      });
    });
    const { invoke, sends } = await workerOn(jobs);
    while ((await invoke()) > 0);
    const values = sends.flatMap(({ params }) =>
      [...JSON.stringify(params).matchAll(/"attrValue":"([^"]*)"/g)].map(([, value]) => value ?? ''),
    );
    for (let lead = 0; lead < 30; lead += 1) {
      const own = values.filter((value) => value.startsWith(`lead${lead} `));
      expect(own).toEqual(Array.from({ length: 10 }, (_, nth) => `lead${lead} ${nth}`));
    }
  });
});
