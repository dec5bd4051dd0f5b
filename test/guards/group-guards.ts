// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of other files.
import type { Guard } from './guard.ts';

/** What keeps apart, and tells, the jobs of senders who use groups of their own. */
export const groupGuards: readonly Guard[] = [
  {
    name: 'one process never has two calls of one key under way',
    file: 'shared/run/in-key-turn.ts',
    find: 'if (!turn.hasBegun()) {',
    replace: 'if (Math.abs(1) === 1) return await call();\n    if (!turn.hasBegun()) {',
    testFile: 'test/handler/foreign-groups.test.ts',
    testName: 'loses nothing, and the lead is never called twice at once',
  },
  {
    name: 'a key of the sender’s own does not hide the lead behind it',
    file: 'shared/job/turn-keys.ts',
    find: 'isDerived ? names : [key, ...names]',
    replace: 'isDerived ? names : [key]',
    testFile: 'test/handler/foreign-groups.test.ts',
    testName: 'nor where the jobs have keys of their own',
  },
  {
    name: 'a job in a group that is not its own is parked however short its wait',
    file: 'shared/run/record.ts',
    find: '(isFar || claimed.delivery.groupId !== groupId)',
    replace: 'isFar',
    testFile: 'test/handler/foreign-groups.test.ts',
    testName: 'is not held up by a job whose time has not come',
  },
  {
    name: 'a parked job is not sent as a repeat of its first message',
    file: 'shared/tend/send-due.ts',
    find: '`${body} due ${state.until}`',
    replace: 'body',
    testFile: 'test/handler/foreign-groups.test.ts',
    testName: 'is not held up by a job whose time has not come',
  },
  {
    name: 'a job in a group not its own is counted once, however often it is delivered',
    file: 'shared/run/claim.ts',
    find: 'if (version === 1 && delivery.groupId !== ownGroupOf(job))',
    replace: 'if (version > 0 && delivery.groupId !== ownGroupOf(job))',
    testFile: 'test/handler/foreign-groups.test.ts',
    testName: 'are counted once each, however often they are delivered',
  },
  {
    name: 'an address that a group is named after is not kept',
    file: 'shared/job/foreign-groups.ts',
    find: "groupId.includes('@') ? OF_AN_ADDRESS : groupId",
    replace: 'groupId',
    testFile: 'test/unit/job/foreign-groups.test.ts',
    testName: 'keeps no address that a group is named after',
  },
  {
    name: 'a stop asked for ends a discard',
    file: 'cli/change-letters.ts',
    find: 'unlessStopped(ids, stop)',
    replace: 'Math.abs(1) === 0 ? unlessStopped(ids, stop) : ids',
    testFile: 'test/unit/cli/commands/dlq.test.ts',
    testName: 'says when it is stopped how many are discarded, and goes on when it is typed again',
  },
  {
    name: 'a call that has ended gives its turn on',
    file: 'shared/run/in-key-turn.ts',
    find: '  } finally {\n    turn.leave();\n  }',
    replace: '  } finally {\n    if (Math.abs(1) === 0) turn.leave();\n  }',
    testFile: 'test/handler/foreign-groups.test.ts',
    testName: 'is called again by the same process once its first call has ended',
  },
];
