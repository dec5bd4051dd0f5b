import type { FaultClass } from '../../marketo/faults/fault.ts';
import type { OperationName } from '../../marketo/operations/registry.ts';
import type { LetterSummary } from '../letter.ts';
import { REST_ADVICE } from './rest.ts';
import { SOAP_ADVICE } from './soap.ts';
import { type Advice, advised } from './words.ts';

type Advised = Pick<LetterSummary, 'class' | 'code' | 'operation'>;

/** What the letter's fault means and what to do about it. Total: a code nobody knows is advised by its class. */
export function adviceFor({ class: faultClass, code, operation }: Advised): Advice {
  const byCode = code === null ? undefined : (SOAP_ADVICE[code] ?? REST_ADVICE[code]);
  if (byCode === undefined || OUTWEIGHS_CODE.has(faultClass)) return adviceForClass(faultClass, operation);
  if (operation === 'mergeLeads' && LEAD_NOT_FOUND.has(code)) return MERGED_ALREADY;
  const advice = code === UNKNOWN_FIELD && OBJECT_OPERATIONS.has(operation) ? NO_SUCH_OBJECT_FIELD : byCode;
  if (faultClass !== 'record-failed') return advice;
  return { ...advice, action: `${advice.action} A redrive sends only the failed records.` };
}

/** The advice as one line: the `advice` of a letter's JSON. */
export function adviceText(of: Advised): string {
  const { meaning, action } = adviceFor(of);
  return `${meaning} ${action}`;
}

/** The first thing to do, for one line of a table. */
export const firstStep = (of: Advised): string => adviceFor(of).action.split(/(?<=[.?]) /)[0] ?? '';

/** What happened to these jobs matters more than the code of the last answer. */
const OUTWEIGHS_CODE: ReadonlySet<FaultClass> = new Set([
  'in-doubt',
  'malformed',
  'expired',
  'internal',
  'poison',
]);

const LEAD_NOT_FOUND: ReadonlySet<number | null> = new Set([20103, 1004]);

/** A merge that was in doubt and is sent again after all finds no loser any more. */
const MERGED_ALREADY = advised(
  'A lead that was to be merged is not in Marketo.',
  'If an earlier attempt of this merge was in doubt, it has probably run: ask for the winner with getLead, then discard. Otherwise correct the keys with --edit, then redrive; or discard if the lead is gone.',
);

const UNKNOWN_FIELD = 1006;

const OBJECT_OPERATIONS: ReadonlySet<string | null> = new Set<OperationName>([
  'getMObjects',
  'syncMObjects',
  'deleteMObjects',
  'getCustomObjects',
  'syncCustomObjects',
  'deleteCustomObjects',
]);

/** What is said of a lead's fields would send whoever looks to the wrong list. */
const NO_SUCH_OBJECT_FIELD = advised(
  'A field is not one of its object type.',
  'Compare with the fields of that type, as the message or describeMObject names them. Create the field and redrive, or edit its name and redrive.',
);

function adviceForClass(faultClass: FaultClass, operation: string | null): Advice {
  const advice = BY_CLASS[faultClass];
  if (faultClass !== 'in-doubt') return advice;
  return { ...advice, action: `${lookFor(operation)} ${advice.action}` };
}

/** In doubt, the action is what to do once it is known whether the call has run. */
const BY_CLASS: Readonly<Record<FaultClass, Advice>> = {
  'quota-exhausted': {
    meaning: "The subscription's calls of the day are spent.",
    action: 'Redrive after midnight Central; mktq status shows when that is.',
  },
  'rate-limited': {
    meaning: 'Marketo throttled the call: too many in 20 seconds.',
    action: 'Somebody else spends the same limit: lower MARKETO_SHARE, then redrive.',
  },
  'concurrency-limited': {
    meaning: 'Marketo throttled the call: too many at once.',
    action: 'Somebody else uses the same slots: lower MARKETO_SHARE, then redrive.',
  },
  'expired-signature': {
    meaning: 'Signature or token were too old when Marketo read them.',
    action: "Check the clock of the worker's machine, then redrive.",
  },
  transient: {
    meaning: 'Marketo did not answer, or not readably, at every attempt.',
    action: 'See mktq status for a hold. When Marketo answers again, redrive: nothing is wrong with the job.',
  },
  'too-large': {
    meaning: 'The request is larger than the endpoint takes.',
    action: 'Make the job smaller with --edit, or enqueue it in parts and discard this one.',
  },
  'daily-allowance': {
    meaning: 'What Marketo allows of this one operation in a day is used up.',
    action: 'Redrive after midnight Central, or ask for less of it.',
  },
  'sync-failed': {
    meaning: 'Marketo could not save the lead, twice.',
    action: 'Read the message for the reason, correct the value with --edit if it is one, then redrive.',
  },
  credentials: {
    meaning: "Marketo refused the stack's credentials.",
    action:
      'Renew the secret (or the variables of section Configuration in the README); the hold lifts by itself when a probe succeeds. Then redrive.',
  },
  'invalid-request': {
    meaning: 'Marketo refused the request for its contents.',
    action:
      'Read the message, correct the job with --edit, then redrive; correct the sync job that made it, too.',
  },
  'not-found': {
    meaning: 'What the job names is not in Marketo.',
    action: 'Create it first, then redrive; or discard if it is gone for good.',
  },
  'end-of-stream': {
    meaning: 'There is nothing more to read.',
    action: 'It is the end of a read, not a failure: discard.',
  },
  'record-failed': {
    meaning: 'Marketo took the call but refused records in it.',
    action:
      'The response says which and why. Correct them with --edit, or in Marketo, then redrive: it sends only the failed records.',
  },
  unknown: {
    meaning: 'Marketo answered with a code that is in none of its tables.',
    action:
      'Read message and response; redrive if they sound temporary, otherwise give both to Adobe support and discard.',
  },
  'in-doubt': {
    meaning:
      'The request was sent and the answer is unknown: it may have run at Marketo, and a repeat would do it again.',
    action: 'If it did not run, redrive this id; if it did, discard.',
  },
  malformed: {
    meaning: 'The message is not a job, or reuses the id of another; nothing was sent.',
    action:
      'The message names what is wrong. Correct the sender; to save this one, redrive it with --edit FILE, a whole job message; otherwise discard.',
  },
  expired: {
    meaning: 'The job waited past its expiresAt, or 13 days; nothing was sent after that.',
    action:
      'See mktq status for what it waited for. If it still matters, redrive (the expiry is dropped); otherwise discard.',
  },
  internal: {
    meaning: 'A bug of this program, three times.',
    action:
      'Report the message with the letter (mktq dlq export). Redrive after the fix; the job itself may be right.',
  },
  poison: {
    meaning: 'The worker died five times over this job, or SQS gave up on it.',
    action:
      "Look at the worker's log for memory or time-outs at the times of its attempts. Make the job smaller with --edit, or give the function more; then redrive.",
  },
};

/** Where Marketo shows whether an operation that is unsafe to repeat has run. */
function lookFor(operation: string | null): string {
  switch (operation) {
    case 'requestCampaign':
      return 'Look at the leads in Marketo (getLeadActivity, or the activity log): has the campaign been requested at the time of the attempt?';
    case 'scheduleCampaign':
      return "Look at the campaign's schedule and results in Marketo, and for a cloned program if the job asked for one.";
    case 'mergeLeads':
      return 'Ask for the losing lead with getLead: if it is not found, the merge has run.';
    case 'importToList':
      return 'Look at the list in Marketo, or ask getImportToListStatus (over REST it knows only imports whose answer came): has an import run at the time of the attempt?';
    case 'syncMultipleLeads':
      return 'Ask for the leads with getMultipleLeads: with dedupEnabled=false a repeat makes duplicates.';
    case 'syncLead':
      return 'The lead is known only by its cookie: ask for it with getLead COOKIE and compare the fields.';
    case 'syncMObjects':
      return 'Ask for the objects with getMObjects: is there one more since the time of the attempt, or, of a program, one more cost?';
    case 'syncCustomObjects':
      return 'Ask for the objects with getCustomObjects: is there one more since the time of the attempt?';
    default:
      return 'Look in Marketo whether it ran at the time of the attempt (getLeadActivity, or the activity log).';
  }
}
