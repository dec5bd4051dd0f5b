import { type Equivalent, NARROWS, NULL_IS_NO_TIME, ONLY_FASTER, of } from './equivalent.ts';

const CAUSE = 'shared/deadletter/cause.ts';
const FILTER = 'shared/deadletter/filter.ts';
const PERSON = 'shared/deadletter/person.ts';

const inDeadletter: readonly Equivalent[] = [
  of(CAUSE, '.replace(new RegExp(`^', ['""'], 'there is nothing in it that the flag changes'),
  of(CAUSE, '.replace(new RegExp(`\\\\s*', ['""'], 'there is nothing in it that the flag changes'),
  of(FILTER, 'const quote = (word', ['"Stryker was here!"'], NARROWS),
  of(FILTER, 'const [, amount, unit =', ['"Stryker was here!"', '["Stryker was here"]'], NARROWS),
  of(FILTER, '(filter.since === null ||', ['false'], NULL_IS_NO_TIME),
  of('shared/deadletter/select-letters.ts', 'if (filter.since !== null &&', ['true'], NULL_IS_NO_TIME),
  of(PERSON, 'const firstOf =', ['[]', '"Stryker was here!"', "[...value][0] && ''"], ONLY_FASTER),
  of(
    PERSON,
    'const [, type, named] =',
    ['/^lead:([^:]+):(.*)/su', '["Stryker was here"]'],
    'the rest is all there is',
  ),
  of(PERSON, 'const names = [', ['["Stryker was here"]'], 'no text has this name in it'),
];

const CODES = 'shared/marketo/faults/codes.ts';
const MASK = 'shared/marketo/http/mask.ts';
const SPELLINGS = 'shared/marketo/http/spellings.ts';

const inMarketo: readonly Equivalent[] = [
  of(
    CODES,
    'return code !== null && Object.hasOwn',
    ['true', '""', 'code !== null || Object.hasOwn(CODES, code)'],
    'a number that is in no table has no class there',
  ),
  of(CODES, 'if (code === null) return false;', ['false'], 'null is in no table'),
  of(MASK, 'const NEEDS_NO_ESCAPE', ['/^[^\\w-]+$/', '/^[\\w-]$/', '/^[\\W-]+$/'], ONLY_FASTER),
  of(MASK, '.map((secret) => (isPlain', ['false'], ONLY_FASTER),
  of(
    SPELLINGS,
    '(text.match(',
    ['["Stryker was here"]', '/\\\\|[^\\\\]/gu'],
    'every text but the empty one has parts',
  ),
  of(
    SPELLINGS,
    ".map((part, i) => (part.startsWith('\\\\')",
    ["part.endsWith('\\\\')", 'false'],
    ONLY_FASTER,
  ),
  of(
    SPELLINGS,
    'const named = entity === undefined',
    ['false', '["Stryker was here"]'],
    'no text has such an entity',
  ),
  of(SPELLINGS, '[...Buffer.from(char', ['""'], 'UTF-8 is the default'),
  of(SPELLINGS, 'if (escaped !== undefined)', ['true'], 'no text has such an escape'),
  of(SPELLINGS, 'forms.every(({ length }) => length === 1)', ['() => undefined', 'false'], ONLY_FASTER),
  of(
    SPELLINGS,
    '.charCodeAt(0) < 0x20 ? hexLiteral',
    ['false', 'char.charCodeAt(0) <= 0x20', 'char.charCodeAt(0) >= 0x20'],
    'a pattern takes either',
  ),
];

const LETTER = 'shared/operate/redrive/letter.ts';
const ROW = 'shared/operate/redrive/row.ts';
const WATCH = 'shared/operate/redrive/watch.ts';

const inOperate: readonly Equivalent[] = [
  of(
    LETTER,
    'await closeLetter(ports, letterId, row?.epoch',
    ['row.epoch', 'head.epoch - 1'],
    'a job that has gone on has a row',
  ),
  of(
    LETTER,
    "return { kind: 'gone-on', letterId, jobId: job.id, epoch: row",
    ['row.epoch', 'head.epoch - 1'],
    'a job that has gone on has a row',
  ),
  of(LETTER, "case 'move':", ["case 'move':", '""'], 'the row is moved where the step is to move it'),
  of(LETTER, "if (changed.kind === 'left') return beginRedrive", ['true'], 'another look comes to the same'),
  of(LETTER, 'throw new Error(`the row of', ['``'], 'the row is moved where the step is to move it'),
  of(LETTER, "stored?.status === 'open'", ['stored.status'], 'nobody removes an open letter'),
  of(
    LETTER,
    'const ahead = notBefore !== undefined',
    ['true'],
    'the time of none is no number, and after nothing',
  ),
  of(LETTER, "return { kind: 'job', job: ahead", ['""'], 'only a refusal is told from a job'),
  of('shared/operate/redrive/sending.ts', 'if (letter === undefined) continue;', ['false'], NARROWS),
  of(
    'shared/operate/redrive/sending.ts',
    "yield { kind: 'send', item",
    ['""'],
    'only a refusal is told from what is sent',
  ),
  of(ROW, "(row.state.kind === 'queued' ||", ['true'], 'no other state has a reason'),
  of(ROW, "return state.kind === 'decided' ? (state.decision", ['true'], NARROWS),
  of(
    WATCH,
    'const again = ends.find',
    ['true', "end.kind === 'dead' || end.cause !== null"],
    'no end but a death has a cause',
  ),
  of(WATCH, 'if (row === null || row.epoch < epoch)', ['false'], 'what cannot be read has not ended either'),
  of(WATCH, "return { kind: 'completed' };", ['{}', '""'], 'only `not-yet` and `dead` are told apart'),
];

/** Of letters and redrives, and of what Marketo says. */
export const equivalentsOfLetters: readonly Equivalent[] = [...inDeadletter, ...inMarketo, ...inOperate];
