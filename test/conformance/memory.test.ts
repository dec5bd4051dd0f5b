import { describe } from 'vitest';
import { memoryAcknowledgements } from '../memory/memory-acknowledgements.ts';
import { memoryArchive } from '../memory/memory-archive.ts';
import { memoryBodies } from '../memory/memory-bodies.ts';
import { memoryCalls } from '../memory/memory-calls.ts';
import { memoryCancellations } from '../memory/memory-cancellations.ts';
import { memoryChunks } from '../memory/memory-chunks.ts';
import { memoryJobsQueue } from '../memory/memory-jobs-queue.ts';
import { memoryLedger } from '../memory/memory-ledger.ts';
import { memoryOpenBatches } from '../memory/memory-open-batches.ts';
import { SOME_TIME } from '../support/rows.ts';
import { describeAcknowledgements } from './acknowledgements-suite.ts';
import { describeArchive } from './archive-suite.ts';
import { describeBodies } from './bodies-suite.ts';
import { describeCalls } from './calls-suite.ts';
import { describeCancellations } from './cancellations-suite.ts';
import { describeChunks } from './chunks-suite.ts';
import { describeJobsQueue } from './jobs-queue-suite.ts';
import { describeLedger } from './ledger-suite.ts';
import { describeOpenBatches } from './open-batches-suite.ts';

describe('the ledger in memory', () => describeLedger(async () => memoryLedger()));
describe('the archive in memory', () => describeArchive(async () => memoryArchive()));
describe('the chunks in memory', () => describeChunks(async () => memoryChunks()));
describe('the cancelled batches in memory', () => describeCancellations(async () => memoryCancellations()));
describe('the batches under way in memory', () => describeOpenBatches(async () => memoryOpenBatches()));
describe('the acknowledgements in memory', () =>
  describeAcknowledgements(async () => memoryAcknowledgements()));
describe('the bodies in memory', () => describeBodies(async () => memoryBodies()));
describe('the calls in memory', () => describeCalls(async () => memoryCalls()));

describe('the jobs queue in memory', () =>
  describeJobsQueue(async () => {
    const queue = memoryJobsQueue(() => SOME_TIME);
    return {
      queue,
      receive: async () => queue.deliver(10, 60_000),
      acknowledge: async (handle) => queue.acknowledge(handle),
      now: () => SOME_TIME,
    };
  }));
