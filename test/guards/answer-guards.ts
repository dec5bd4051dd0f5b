import type { Guard } from './guard.ts';

/** What a sender is told of its jobs. */
export const answerGuards: readonly Guard[] = [
  {
    name: 'an id without a row has not ended',
    file: 'shared/operate/result.ts',
    find: 'return row === null ? null : answerOf(ports, row);',
    replace:
      "return row === null ? { kind: 'cancelled', id: jobId, operation: 'getTags' } : answerOf(ports, row);",
    testFile: 'test/unit/operate/result.test.ts',
    testName: 'an id that nobody has heard of is pending, and unknown',
  },
  {
    name: 'a batch of which nothing is known has not ended',
    file: 'shared/operate/batch-answers.ts',
    find: 'if (seen === null) return null;',
    replace: 'if (seen === null) return last;',
    testFile: 'test/unit/operate/batch-answers.test.ts',
    testName: 'does not take a batch of which nothing is known for one that has ended',
  },
  {
    name: 'results do not wait for an index that lags',
    file: 'shared/operate/batch-answers.ts',
    find: "outcome === 'open' || isWanted(outcome)",
    replace: 'isWanted(outcome)',
    testFile: 'test/unit/operate/batch-answers.test.ts',
    testName: 'miss none that had ended, though the index does not have it yet',
  },
  {
    name: 'a wait looks once more when its time is up',
    file: 'shared/operate/wait.ts',
    find: 'Math.min(pauseMs, giveUpAt - now)',
    replace: 'pauseMs',
    testFile: 'test/unit/operate/wait.test.ts',
    testName: 'when the time is up there is a last look',
  },
  {
    name: 'a wait goes on over a bad moment',
    file: 'shared/operate/wait.ts',
    find: 'if (failures === null || failures >= MOST_FAILURES) throw error;',
    replace: 'throw error;',
    testFile: 'test/unit/operate/wait.test.ts',
    testName: 'of a later bad moment only one that lasts',
  },
  {
    name: 'one row that cannot be read is not the trouble of all who ask',
    file: 'shared/operate/rows-by-id.ts',
    find: 'ledger.getAll(jobIds, (jobId, error) => void rows.set(jobId, { error }))',
    replace: 'ledger.getAll(jobIds)',
    testFile: 'test/unit/operate/rows-together.test.ts',
    testName: 'is the trouble of those alone who asked for it',
  },
  {
    name: 'nothing is sent by a client that could not read the answer',
    file: 'client/create-client.ts',
    find: "throw noTable('enqueueAndWait');",
    replace: 'return new Promise(() => {});',
    testFile: 'test/unit/client/create-client.test.ts',
    testName: 'everything that reads says what is missing, before anything is sent',
  },
];
