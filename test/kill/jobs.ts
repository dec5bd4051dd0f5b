import type { NewJob } from '../../client/create-client.ts';
import { type Books, leadKeyOf } from './books.ts';
import { type Face, importList } from './faces.ts';
import { CAMPAIGN_JOB } from './points.ts';

export const BATCH = 'kill';

/** One job, and what the simulator's books can say about it. */
export interface PlannedJob {
  readonly kind: 'job';
  readonly job: NewJob & { readonly id: string };
  /** How it must end: completed, or as a dead letter with this code or, without one, of this class. */
  readonly expectedEnd: 'completed' | 'record-failed' | number;
  readonly unsafe: boolean;
  /** Its sender said that a repeat is harmless. */
  readonly repeatable: boolean;
  /** The simulator answers one of its calls so that nobody can know whether it ran. */
  readonly unclear: boolean;
  /** Sent past the library, under a deduplication id of its own. */
  readonly bare: boolean;
  /** How often the simulator ran it; null if its calls look like those of other jobs. */
  executions(books: Books): number | null;
  /** What it writes to one lead, in order, as the books spell it: `sync 2`. Null if it has no place among the lead's writes. */
  readonly writes: { readonly email: string; readonly marks: readonly string[] } | null;
}

/** What the checks call a write. */
export const markOf = (deed: string, seq: string | undefined): string => `${deed} ${seq ?? ''}`;

export const emailOf = (name: string, round: number): string => `${name}-${round}@example.com`;

const base = {
  kind: 'job',
  expectedEnd: 'completed',
  unsafe: false,
  repeatable: false,
  unclear: false,
  bare: false,
  writes: null,
} as const;

export function plain(id: string, job: Omit<NewJob, 'id'>): PlannedJob {
  return { ...base, job: { ...job, id, batch: BATCH } as PlannedJob['job'], executions: () => null };
}

/** Writes of one lead; `seq` tells those of one job from those of another. */
const written =
  (email: string, deed: string, seq: string | null = null) =>
  ({ writesOf }: Books): number =>
    writesOf(email).filter((write) => write.deed === deed && (seq === null || write.seq === seq)).length;

const leadKey = (email: string) => ({ keyType: 'EMAIL', keyValue: email }) as const;

const record = (email: string, attrName: string, attrValue: string) => ({
  Email: email,
  leadAttributeList: { attribute: [{ attrName, attrValue }] },
});

export function sync(email: string, seq: number): PlannedJob {
  const planned = plain(`sync-${seq}-${local(email)}`, {
    operation: 'syncLead',
    params: { leadRecord: record(email, 'Seq', String(seq)), returnLead: false },
  });
  const marks = [markOf('sync', String(seq))];
  return { ...planned, executions: written(email, 'sync', String(seq)), writes: { email, marks } };
}

/** Over REST a second request gives the lead its cookie. */
export function syncWithCookie(email: string, seq: number): PlannedJob {
  const planned = plain(`cookie-${seq}-${local(email)}`, {
    operation: 'syncLead',
    params: {
      leadRecord: record(email, 'Seq', String(seq)),
      returnLead: false,
      marketoCookie: `id:287-GTJ-838&token:_mch-${local(email)}`,
    },
  });
  const executions = ({ face, ...books }: Books): number =>
    written(email, face.transport === 'rest' ? 'associate' : 'sync')({ face, ...books });
  const marks = [markOf('sync', String(seq)), markOf('associate', undefined)];
  return { ...planned, executions, writes: { email, marks } };
}

/** By the number of the campaign, or by its names in its program, which REST has to look up. */
export type WhichCampaign = number | { readonly programName: string; readonly campaignName: string };

export function campaign(email: string, which: WhichCampaign, repeatable: boolean): PlannedJob {
  const planned = plain(`${CAMPAIGN_JOB}${local(email)}`, {
    operation: 'requestCampaign',
    params: {
      source: 'MKTOWS',
      ...(typeof which === 'number' ? { campaignId: which } : which),
      leadList: { leadKey: [leadKey(email)] },
    },
    ...(repeatable ? { onInDoubt: 'retry' } : {}),
  });
  const executions = ({ witness }: Books): number => witness.campaignSends[leadKeyOf(email)]?.length ?? 0;
  const writes = { email, marks: [markOf('campaign', undefined)] };
  return { ...planned, unsafe: true, repeatable, executions, writes };
}

export function noCampaign(email: string, { noCampaign: expectedEnd }: Face): PlannedJob {
  return { ...campaign(email, 9999, false), expectedEnd };
}

export function unknownField(email: string, { unknownField: expectedEnd }: Face): PlannedJob {
  const planned = plain(local(email), {
    operation: 'syncLead',
    params: { leadRecord: record(email, 'NoSuchField', '1'), returnLead: false },
  });
  // In a call that it shares the record is refused, and the call is not: only what became of it tells.
  const executions = ({ instance }: Books) => instance.leadIndex.get(leadKeyOf(email))?.size ?? 0;
  return { ...planned, expectedEnd, executions };
}

export function toList(email: string): PlannedJob {
  const planned = plain(`list-${local(email)}`, {
    operation: 'listOperation',
    params: {
      listOperation: 'ADDTOLIST',
      listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Newsletter' },
      listMemberList: { leadKey: [leadKey(email)] },
    },
  });
  const writes = { email, marks: [markOf('list', undefined)] };
  return { ...planned, executions: written(email, 'list'), writes };
}

export function read(email: string): PlannedJob {
  const planned = plain(`read-${local(email)}`, {
    operation: 'getLead',
    params: { leadKey: leadKey(email) },
  });
  const executions = ({ witness, face }: Books) =>
    witness.entries.filter(
      ({ operation, keys, outcome }) =>
        face.reads.has(operation) && keys.includes(leadKeyOf(email)) && outcome === 'executed',
    ).length;
  return { ...planned, executions };
}

/** Of a lead that is never made. */
export function nobodyOnList(round: number, { noMember: expectedEnd }: Face): PlannedJob {
  const email = emailOf('nobody-on-list', round);
  const executions = ({ instance }: Books) => instance.leadIndex.get(leadKeyOf(email))?.size ?? 0;
  return { ...toList(email), expectedEnd, executions, writes: null };
}

/** The question is asked, and answered: how often says nothing. */
export function readNobody(round: number, { noLead: expectedEnd }: Face): PlannedJob {
  return { ...read(emailOf('nobody', round)), expectedEnd, executions: () => null };
}

export function several(round: number): PlannedJob {
  const emails = [emailOf('many-a', round), emailOf('many-b', round)] as const;
  const planned = plain(`many-${round}`, {
    operation: 'syncMultipleLeads',
    params: {
      leadRecordList: { leadRecord: emails.map((email) => record(email, 'Seq', '1')) },
      dedupEnabled: true,
    },
  });
  return { ...planned, executions: written(emails[0], 'sync') };
}

export function customObject(round: number): PlannedJob {
  return plain(`car-${round}`, {
    operation: 'syncCustomObjects',
    params: {
      operation: 'UPSERT',
      objTypeName: 'car_c',
      customObjList: {
        customObj: [
          {
            customObjKeyList: { attribute: [{ attrName: 'vin', attrValue: `vin-${round}` }] },
            customObjAttributeList: { attribute: [{ attrName: 'make', attrValue: 'Example' }] },
          },
        ],
      },
    },
  });
}

/** Over REST an opportunity has a key of its own: a second insert of it makes none. */
export function insertion(round: number, { transport }: Face): PlannedJob {
  const name = `opportunity-${round}`;
  const keyed = transport === 'rest' ? { externalKey: { name: 'ExternalOpportunityId', value: name } } : {};
  const planned = plain(name, {
    operation: 'syncMObjects',
    params: {
      operation: 'INSERT',
      mObjectList: {
        mObject: [{ type: 'Opportunity', ...keyed, attribList: { attrib: [{ name: 'Name', value: name }] } }],
      },
    },
  });
  const executions = ({ instance }: Books) =>
    [...instance.mObjects.values()].filter((object) => object.attributes.get('Name') === name).length;
  return { ...planned, unsafe: true, executions };
}

/** Far from now, and within the two years that Marketo plans ahead. */
const RUNS_FROM = Math.ceil(Date.now() / 60_000) * 60_000 + 30 * 24 * 3_600_000;

export function schedule(round: number): PlannedJob {
  const runAt = RUNS_FROM + round * 60_000;
  const planned = plain(`schedule-${round}`, {
    operation: 'scheduleCampaign',
    params: {
      programName: 'Webinar',
      campaignName: 'Reminder',
      campaignRunAt: new Date(runAt).toISOString(),
    },
  });
  const executions = ({ instance }: Books) =>
    instance.scheduledRuns.filter((run) => run.runAt === runAt).length;
  return { ...planned, unsafe: true, executions };
}

export function importation(round: number): PlannedJob {
  const listName = importList(round);
  const planned = plain(listName, {
    operation: 'importToList',
    params: {
      programName: 'Webinar',
      importFileHeader: 'Email,FirstName',
      importFileRows: { stringItem: [`${emailOf('imported', round)},Ann`] },
      importListMode: 'UPSERTLEADS',
      listName,
      clearList: false,
      campaignName: 'Reminder',
    },
  });
  const executions = ({ instance }: Books) => {
    const over = [...instance.batches.values()].map(({ listId }) => instance.lists.get(listId ?? 0)?.name);
    return [...instance.imports.map(({ list }) => list), ...over].filter((name) => name === listName).length;
  };
  return { ...planned, unsafe: true, executions };
}

/** The sender keeps the three in order by a key of his own: a merge is of two leads and has none. */
export function merge(round: number): readonly PlannedJob[] {
  const [winner, loser] = [emailOf('winner', round), emailOf('loser', round)];
  const keyOf = (email: string) => ({ attribute: [{ attrName: 'EMAIL', attrValue: email }] });
  const planned = plain(`merge-${round}`, {
    operation: 'mergeLeads',
    params: {
      winningLeadKeyList: keyOf(winner),
      losingLeadKeyLists: { keyList: [keyOf(loser)] },
      mergeInSales: false,
    },
  });
  const executions = ({ instance }: Books) => {
    const [id] = instance.leadIndex.get(leadKeyOf(winner)) ?? [];
    return instance.activities.filter((activity) => activity.type === 'MergeLeads' && activity.leadId === id)
      .length;
  };
  const orderingKey = `merge-${round}`;
  return [sync(winner, 1), sync(loser, 1), { ...planned, unsafe: true, executions }].map((one) => ({
    ...one,
    job: { ...one.job, orderingKey },
  }));
}

const local = (email: string): string => email.replace('@example.com', '');
