import { expect, test } from 'vitest';
import { composeTelling } from '../../../functions/compose-events.ts';
import type { Environment } from '../../../shared/config/environment.ts';
import type { CausesTold } from '../../../shared/events/causes-told.ts';
import { noFaults } from '../../memory/faults.ts';
import { memoryChunks } from '../../memory/memory-chunks.ts';
import { MemoryDocuments } from '../../memory/memory-documents.ts';
import { memoryOpenBatches } from '../../memory/memory-open-batches.ts';

const told = (env: Environment) => {
  const log = { info() {}, warn() {}, error() {} };
  const stores = {
    chunks: memoryChunks(),
    openBatches: memoryOpenBatches(),
    causesTold: new MemoryDocuments<CausesTold>(noFaults),
  };
  const { stack, stackOption } = composeTelling(env, { log }, stores);
  return { stack, stackOption };
};

test('a suggested command names the stack as CloudFormation does, and an event as everything in it is named', () => {
  expect(told({ MKTQ_ACCOUNT: 'acme' })).toEqual({ stack: 'mktq-acme', stackOption: ' --stack mktq-acme' });
  expect(told({ MKTQ_ACCOUNT: 'acme', MKTQ_STACK: 'Production-mktq-acme' })).toEqual({
    stack: 'mktq-acme',
    stackOption: ' --stack Production-mktq-acme',
  });
  expect(told({ MKTQ_ACCOUNT: 'acme', MKTQ_LOCAL_INSTANCE: 'a' }).stackOption).toBe('');
});
