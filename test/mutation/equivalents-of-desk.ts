import { type Equivalent, NARROWS, ONLY_FASTER, of } from './equivalent.ts';

const DESK = 'shared/desk/desk.ts';
const FAILING = 'shared/desk/failing.ts';
const JOURNEY = 'shared/desk/journey.ts';
const LANE = 'shared/desk/lane.ts';
const OWN_ANSWER = 'shared/desk/own-answer.ts';

const inDesk: readonly Equivalent[] = [
  of(DESK, 'tell: (passenger, told)', ['this.#told.get(passenger).resolve'], NARROWS),
  of(DESK, 'fail: (passenger, error)', ['this.#told.get(passenger).reject'], NARROWS),
  of(DESK, 'const lane = freight === null', ['false'], 'who has no freight boards no lane'),
  of(DESK, 'if (lane === null || !isPackable', ['false'], 'who has no lane has no freight'),
  of(DESK, 'return told.promise.finally(', ['() => undefined'], 'who has been told is not told anew'),
  of(DESK, "const ALONE = ''", ['"Stryker was here!"'], 'any name will do that no lane has'),
  of(FAILING, "fault.kind === 'unreadable' &&", ['true'], 'no other fault has a `what`'),
  of(FAILING, 'code !== null && OF_A_FIELD', ['true'], 'the set has no null'),
  of(FAILING, "if ((name === 'attrName'", ['true'], 'the params are checked: a name is a text'),
  of(JOURNEY, 'isAlsoOf(fault, classify(fault', ['true'], 'it asks for the code and the words alone'),
  of(JOURNEY, 'if (own === undefined) continue;', ['false'], NARROWS),
  of(JOURNEY, "'alone',", ['""'], 'it is only told from `together`'),
  of(JOURNEY, 'if (first === undefined) return;', ['false'], NARROWS),
  of(JOURNEY, "return { kind: 'well' };", ['{}', '""'], 'only `its-own` and `unclear` are told apart'),
  of(OWN_ANSWER, "fault.kind === 'unreadable' &&", ['true'], 'no other fault has a `what`'),
  of(JOURNEY, "own.kind === 'answered' ? recordFault", ['true'], NARROWS),
  of(OWN_ANSWER, 'const countOf =', ['freight.records'], NARROWS),
  of(FAILING, "const text = identity('', message)", ['"Stryker was here!"'], 'no value stands in it'),
  of(FAILING, 'return (freight?.values ?? [])', ['["Stryker was here"]', 'freight.values'], NARROWS),
  of(LANE, 'if (isFull(this.#waiting)) return;', ['false'], ONLY_FASTER),
  of(LANE, 'if (lingerMs > 0) await', ['() => undefined'], 'undefined is as false'),
];

const CAMPAIGN = 'shared/marketo/packing/request-campaign.ts';
const GET_LEAD = 'shared/marketo/packing/get-lead.ts';
const MOBJECTS = 'shared/marketo/packing/mobjects.ts';
const OBJECTS = 'shared/marketo/packing/objects.ts';

const NAMES_SOMEBODY = 'the params are checked: there is one at least';
const NO_SUCH_KEY = 'nobody asks for such a key';

const inPacking: readonly Equivalent[] = [
  of(
    'shared/marketo/packing/custom-objects.ts',
    'const attributes = list?.attribute',
    ['["Stryker was here"]'],
    'what has no value is no key',
  ),
  of(GET_LEAD, 'const byKey = Map.groupBy', ['params[0].leadKey'], NARROWS),
  of(GET_LEAD, 'function textOf(', ['"Stryker was here!"'], NARROWS),
  of(GET_LEAD, "return typeof value === 'string'", ['true'], NO_SUCH_KEY),
  of(GET_LEAD, ": '';", ['"Stryker was here!"'], NO_SUCH_KEY),
  of('shared/marketo/packing/lead-keys.ts', 'const areShared =', ['first.keyType'], NARROWS),
  of(MOBJECTS, "const [type = ''", ['"Stryker was here!"'], NAMES_SOMEBODY),
  of(MOBJECTS, 'const associations =', ['["Stryker was here"]'], 'what has neither id nor key is no key'),
  of(OBJECTS, "const [shape = ''", ['"Stryker was here!"'], NAMES_SOMEBODY),
  of(
    OBJECTS,
    'if (workspace !== null || !isOneShape',
    ['keys.every(ofOne => ofOne.length === 0)'],
    'of those of one shape all have keys, or none',
  ),
  of(CAMPAIGN, 'const keys =', ['["Stryker was here"]', 'leadList.leadKey'], NAMES_SOMEBODY),
  of(CAMPAIGN, 'leadList: { leadKey: [first', ['["Stryker was here"]', 'leadList.leadKey'], NAMES_SOMEBODY),
  of(
    'shared/marketo/packing/sync-lead.ts',
    'return [...new Set([',
    ['["Stryker was here"]', 'false'],
    'who has no key travels alone',
  ),
];

/** Of the desk, and of how calls share one. */
export const equivalentsOfDesk: readonly Equivalent[] = [...inDesk, ...inPacking];
