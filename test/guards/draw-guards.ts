import type { Guard } from './guard.ts';

const drawing = (name: string, find: string, replace: string, testName: string): Guard => ({
  name,
  file: 'shared/run/drawing.ts',
  find,
  replace,
  testFile: 'test/handler/draw.test.ts',
  testName,
});

/** What a worker draws from the queue beside its event, and what it must not. */
export const drawGuards: readonly Guard[] = [
  drawing(
    'a call waits for what is being drawn',
    'const fetched = this.#working.desk.fetching();',
    'const fetched = () => {};',
    'begins before the first call of a full event',
  ),
  drawing(
    'half an event does not wait for a draw',
    'const isFull = event.length >= BATCH_SIZE;',
    'const isFull = true;',
    'does not hold up half an event',
  ),
  drawing(
    'nothing is drawn where nothing may share a call',
    'held.sharing > 0 && ',
    '',
    'is left alone where nothing may share a call',
  ),
  drawing(
    'what needs calls of its own ends a draw',
    'if (held.messages - held.sharing > MOST_ALONE) return false;',
    '',
    'ends when so much was drawn that needs calls of its own',
  ),
  drawing(
    'what is drawn outlasts the invocation',
    ' + settings.timings.graceMs',
    '',
    'hides what it draws for the rest of the invocation and half a minute',
  ),
  drawing(
    'at most 600 messages are held',
    'messages <= MOST_MESSAGES - WAVE && ',
    '',
    'takes nothing more while it holds 600 messages',
  ),
  drawing(
    'at most eight megabytes are held',
    'Math.min(messages, byBytes)',
    'messages',
    'takes nothing more while it holds eight megabytes',
  ),
  drawing(
    'nothing is drawn without the time for a call',
    ' && deadline - clock() >= leastMs',
    '',
    'without the time for a call: its timeout, the reserve, and the way to it',
  ),
  drawing(
    'nothing is drawn for a permit that is far away',
    'wait.until - this.#ports.clock() <= FAR_MS',
    'true',
    'with a permit further away than five seconds',
  ),
  drawing(
    'nothing is drawn while somebody is alone',
    ' || this.#ports.turns.isWantedApart()',
    '',
    'while somebody is alone in the process, or wants to be',
  ),
  drawing(
    'nothing is drawn after a stop',
    ' && stopping?.aborted !== true',
    '',
    'with a stop, though all that is held is under way',
  ),
  drawing('nothing is drawn once a store has failed', ' && !isTroubled', '', 'when a store fails'),
  {
    name: 'a drawn message waits behind its group',
    file: 'shared/run/group-runs.ts',
    find: 'else waiting.push(delivery);',
    replace: 'else begun.push(this.#begin(delivery));',
    testFile: 'test/handler/draw.test.ts',
    testName: 'that runs here takes a drawn message behind what is there',
  },
  {
    name: 'what is settled frees its group',
    file: 'shared/run/messages.ts',
    find: 'this.#kept = null;',
    replace: '',
    testFile: 'test/handler/draw.test.ts',
    testName: 'is removed at once after the first draw',
  },
  {
    name: 'the first hide overtakes no other',
    file: 'shared/run/messages.ts',
    find: 'whole invocation.\n    await this.#hidingEvent;',
    replace: 'whole invocation.',
    testFile: 'test/handler/draw.test.ts',
    testName: 'does not hold up its first call, and nothing is hidden again before it has ended',
  },
  {
    name: 'a receive has a name of its own',
    file: 'shared/aws/sqs-receive.ts',
    find: 'ReceiveRequestAttemptId: randomToken(),',
    replace: '',
    testFile: 'test/unit/aws/sqs-receive.test.ts',
    testName: 'gives every receive a name of its own',
  },
  {
    name: 'a message that could not be removed is tried again',
    file: 'shared/aws/sqs-entries.ts',
    find: 'again: wrong.filter((entry) => !entry.final)',
    replace: 'again: wrong.filter(() => false)',
    testFile: 'test/unit/aws/sqs-receive.test.ts',
    testName: 'deletes ten at a time, and again only what SQS failed to delete',
  },
];
