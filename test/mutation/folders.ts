/** Rules that are broken on purpose, and the tests that have to notice. */
export interface RuleFolder {
  readonly name: string;
  /** The files of rules, as globs of the repository. */
  readonly rules: readonly string[];
  /**
   * The tests that run against them. Few: what runs once when a file loads is tried with every one of them. None that read sources,
   * start processes or enumerate for seconds.
   */
  readonly tests: readonly string[];
}

const filesOf = (folder: string, names: string): readonly string[] =>
  names.split(' ').map((name) => `${folder}/${name}.ts`);

const RUN_RULES =
  'decide backoff record settle settlement before-call claim taken-row earlier-run own-row turns key-turns account-signal';
const BUDGET_RULES =
  'admit report holds narrowing clamp overdue packed stagger vlq day state batch call-log probe limits pace';

export const folders: readonly RuleFolder[] = [
  {
    name: 'run',
    rules: filesOf('shared/run', RUN_RULES),
    tests: [
      'test/unit/run/*.test.ts',
      'test/unit/ledger/*.test.ts',
      'test/unit/marketo/faults/classify.test.ts',
      'test/handler/{measure,poison,quiet,reused-id}.test.ts',
    ],
  },
  {
    name: 'ledger',
    rules: filesOf('shared/ledger', 'claim-rules order'),
    tests: ['test/unit/ledger/*.test.ts', 'test/unit/run/*.test.ts'],
  },
  {
    name: 'budget',
    rules: filesOf('shared/budget', BUDGET_RULES),
    tests: ['test/unit/budget/*.test.ts'],
  },
  {
    name: 'desk',
    rules: filesOf('shared/desk', 'desk failing journey lane own-answer packer'),
    tests: ['test/unit/desk/*.test.ts'],
  },
  {
    name: 'marketo',
    rules: ['shared/marketo/faults/*.ts', ...filesOf('shared/marketo/http', 'mask spellings')],
    tests: [
      'test/unit/marketo/faults/*.test.ts',
      'test/unit/marketo/http/mask*.test.ts',
      'test/unit/deadletter/person.test.ts',
      'test/unit/run/{decide,run}.test.ts',
    ],
  },
  {
    name: 'packing',
    rules: ['shared/marketo/packing/*.ts'],
    tests: ['test/unit/marketo/packing/*.test.ts'],
  },
  {
    name: 'deadletter',
    rules: filesOf('shared/deadletter', 'cause filter person'),
    tests: ['test/unit/deadletter/{cause,filter,person}.test.ts'],
  },
  {
    name: 'job',
    rules: filesOf('shared/job', 'ordering-key message'),
    tests: ['test/unit/job/*.test.ts', 'test/property/envelope.test.ts'],
  },
  {
    name: 'operate',
    rules: ['shared/operate/redrive/*.ts'],
    tests: [
      'test/unit/operate/redrive/*.test.ts',
      'test/unit/operate/discard.test.ts',
      'test/unit/cli/commands/dlq.test.ts',
      'test/handler/redrive-at-once.test.ts',
    ],
  },
];
