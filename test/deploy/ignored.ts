/**
 * What the emulator takes from the template and does not play, found by reading the deployed resources back, and the
 * assertions of test/infra/stack.test.ts that stand in for it. If a later emulator plays one, the test says so.
 */
interface Ignored {
  readonly what: string;
  /** A title in test/infra/stack.test.ts. */
  readonly coveredBy: string;
}

/** Read back, each by its name in `deviations`. */
export const IGNORED_PROPERTIES: Readonly<Record<string, Ignored>> = {
  deletionProtection: {
    what: 'the table can be deleted',
    coveredBy: 'can be restored, forgets what has expired, and outlives a mistake',
  },
  pointInTimeRecovery: {
    what: 'the table is not continuously backed up',
    coveredBy: 'can be restored, forgets what has expired, and outlives a mistake',
  },
  timeToLive: {
    what: 'the table has no TTL',
    coveredBy: 'can be restored, forgets what has expired, and outlives a mistake',
  },
  wardenRetries: {
    what: 'the warden has no configuration of asynchronous invocations',
    coveredBy: 'the warden runs each minute, and a minute that fails is not made up for',
  },
};

/** Accepted and never enforced: there is nothing to read back. */
export const NEVER_ENFORCED: readonly Ignored[] = [
  {
    what: 'saved queries, which emulator.py accepts and drops',
    coveredBy: 'are three, over the logs of all functions, and stand under the name of the stack',
  },
  {
    what: 'roles: every function may do everything',
    coveredBy: 'the worker works on jobs, and deletes no item and no table',
  },
  {
    what: 'roles: every function may do everything',
    coveredBy:
      'the collector knows letters, jobs and texts, and neither the budget, the jobs queue nor the secret',
  },
  {
    what: 'roles: every function may do everything',
    coveredBy: 'the warden alone turns the switch, of this one mapping and for the worker alone',
  },
  { what: 'queue policies: plain HTTP is answered', coveredBy: 'neither is spoken to without TLS' },
  {
    what: 'arm64: functions run on the processor of this machine',
    coveredBy:
      'are three, on Node 24 and arm64, with five minutes, JSON logs of a month, and no reserved concurrency',
  },
  {
    what: 'alarms on metric math, which emulator.py stores as alarms on their first metric',
    coveredBy:
      'the oldest job alarms after an hour, and is silent while the quota or the operator holds the account',
  },
  {
    what: 'alarms: metrics in log lines are not read, so none is ever raised',
    coveredBy: 'all go to one topic, coming and going, and say what to do',
  },
];
