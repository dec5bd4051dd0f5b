import { recordReference } from '../../operations/lead-reference.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { isGiven } from '../../operations/types.ts';
import type { Request } from '../call/asking.ts';
import { isRefusal, refused } from '../call/call-ended.ts';
import { unlike } from '../call/findings.ts';
import { type Done, done, type Finding, type Known, type Mapping } from '../call/mapping.ts';
import type { Session } from '../call/session.ts';
import { fieldsNaming } from './fields-naming.ts';
import { soapFields } from './get-lead.ts';
import { attributeFindings, attributeNames, toLeadRecord, toRestRecord } from './lead-attributes.ts';
import { planLatest, SEVERAL_LEADS, withMatches } from './lead-duplicates.ts';
import type { LeadFields } from './lead-fields.ts';
import { leadRowsProblem, leadsOf, queryOf } from './lead-filter.ts';
import { findLeads, keyFindings } from './lead-keys.ts';
import {
  byId,
  failedLead,
  outcomeOf,
  type PlannedLead,
  planLead,
  type SyncedLead,
  syncedLeads,
  syncRequest,
  syncStatusOf,
} from './lead-write.ts';
import { partitionOf, workspaceFindings } from './partition.ts';

type Params = CheckedParamsOf<'syncLead'>;

/** One request by the record's key; a cookie beside it takes a second, and a cookie alone a look-up before. */
export const syncLead: Mapping<'syncLead'> = {
  check: findingsOf,
  run: async (params, session) => {
    const { leadRecord } = params;
    const { settings, workspace, clock } = session;
    const fields = await fieldsNaming(session, attributeNames(leadRecord));
    const known = { fields, settings, workspace, now: clock() };
    const finding = findingsOf(params, known).find(({ kind }) => kind !== 'unlike');
    if (finding !== undefined) throw refused(finding.code, finding.message);
    const attributes = toRestRecord(leadRecord, fields, settings);
    const plan = planLead(leadRecord, attributes, settings, true);
    const ask = { params, session, fields };
    return plan === null ? syncByCookie(ask, Object.fromEntries(attributes)) : syncByKey(ask, plan);
  },
};

function findingsOf({ leadRecord, marketoCookie, moveCookie }: Params, known: Known): readonly Finding[] {
  const reference = recordReference(leadRecord);
  const findings = [...workspaceFindings(known), ...attributeFindings(leadRecord, known)];
  if (reference === null)
    findings.push(...keyFindings([{ type: 'COOKIE', value: marketoCookie ?? '' }]), unlike(BY_COOKIE));
  if (moveCookie !== undefined) findings.push(unlike(MOVE_COOKIE));
  const partition = partitionOf(known.workspace, known.settings);
  if (partition !== undefined) findings.push(unlike(leadRecord.Id === undefined ? PARTITION : BY_ID, 1010));
  return findings;
}

const BY_COOKIE =
  'REST finds no lead by its cookie in a write: it is looked up, and a new lead is created and then given the cookie';
const MOVE_COOKIE =
  'REST has no moveCookie; a cookie goes to the lead, and its earlier activity stays where it is';
const PARTITION = 'SOAP updated a lead wherever it was; REST refuses one that is in another partition (1010)';
const BY_ID = 'a lead that is given by Id is updated in whatever partition it is';

interface Asked {
  readonly params: Params;
  readonly session: Session;
  readonly fields: LeadFields;
}

/** Safe to repeat, step by step: whatever ends a step ends the call, but for what Marketo refuses about the cookie. */
async function syncByKey(ask: Asked, plan: PlannedLead): Promise<Done> {
  const { params, session } = ask;
  const synced = await writeKeyed(session, plan);
  if (synced.id === null || synced.status === 'FAILED' || !isGiven(params.marketoCookie))
    return finished(ask, synced);
  const tried = await session.try(associateRequest(synced.id, params.marketoCookie));
  if (tried.kind === 'answered') return finished(ask, synced);
  if (tried.kind === 'refused' || !isRefusal(tried.error)) throw tried.error;
  const { fault } = tried.error;
  const code = fault.kind === 'marketo' ? fault.code : null;
  const message = `${code} - ${fault.message}; lead ${synced.id} has been written`;
  return finished(ask, { ...failedLead(code, message), id: synced.id });
}

/** What became of the record; which of several leads is meant is asked only once Marketo has said that there are. */
async function writeKeyed(session: Session, plan: PlannedLead): Promise<SyncedLead> {
  const synced = await write(session, plan);
  if (synced.code !== SEVERAL_LEADS) return synced;
  if (session.settings.onDuplicate !== 'latest') return soleOf(await withMatches(session, [plan], [synced]));
  const [latest = null] = await planLatest(session, [plan]);
  return latest === null ? synced : write(session, latest);
}

async function write(session: Session, plan: PlannedLead): Promise<SyncedLead> {
  const tried = await session.try(requestOf(session, plan));
  if (tried.kind === 'answered') return soleOf(syncedLeads(tried.reply));
  const { error } = tried;
  const isAmbiguous = tried.kind === 'ended' && codeOfFault(tried.error.fault) === SEVERAL_LEADS;
  if (!isAmbiguous) throw error;
  return failedLead(SEVERAL_LEADS, `${SEVERAL_LEADS} - ${error.message}`);
}

const codeOfFault = (fault: { readonly kind: string; readonly code?: number | null }): number | null =>
  fault.kind === 'marketo' ? (fault.code ?? null) : null;

const requestOf = (
  { workspace, settings }: Session,
  plan: PlannedLead,
  over: Pick<Request, 'announces' | 'step'> = {},
): Request => syncRequest(plan, [plan], partitionOf(workspace, settings), over);

/** `syncRequest` has refused every reply without exactly one row. */
const soleOf = ([synced]: readonly SyncedLead[]): SyncedLead =>
  synced ?? failedLead(null, 'the answer does not say what became of it');

const associateRequest = (id: number, cookie: string): Request => ({
  endpoint: 'associateLead',
  path: { id },
  query: { cookie: cookie.trim() },
  isReply: ({ result }) => (result.length === 0 ? null : 'it has rows'),
  step: 'step 2 of 2, associate the cookie',
});

/** Only the creation must not be done twice, and a lead that has been created is updated by its id in the next try. */
async function syncByCookie(ask: Asked, values: Readonly<Record<string, unknown>>): Promise<Done> {
  const { params, session } = ask;
  const cookie = (params.marketoCookie ?? '').trim();
  const leads = (await findLeads(session, [{ type: 'COOKIE', value: cookie }], [])).flat();
  const [lead, another] = leads;
  if (another !== undefined)
    throw refused(SEVERAL_LEADS, `leads ${leads.map(({ id }) => id).join(', ')} have this cookie`);
  if (lead !== undefined) return finished(ask, await write(session, byId(lead.id, values)));
  const plan: PlannedLead = { action: 'createOnly', lookupField: null, key: '', values };
  const request = requestOf(session, plan, { announces: true, step: 'step 1 of 2, create the lead' });
  const created = soleOf(syncedLeads(await session.ask(request)));
  if (created.id === null || created.status === 'FAILED') return finished(ask, created);
  const tried = await session.try(associateRequest(created.id, cookie));
  if (tried.kind === 'answered') return finished(ask, created);
  const why = tried.kind === 'refused' ? 'not sent' : tried.error.message;
  // Without a code: with one the job would have its class, and a transient one would create the lead again.
  const failed = failedLead(null, `lead ${created.id} was created, but has not got its cookie: ${why}`);
  return {
    ...(await finished(ask, { ...failed, id: created.id })),
    remaining: { ...params, leadRecord: { ...params.leadRecord, Id: created.id } },
  };
}

async function finished({ params, session, fields }: Asked, synced: SyncedLead): Promise<Done> {
  const isShown = params.returnLead && synced.id !== null && synced.status !== 'FAILED';
  const result = {
    leadId: synced.id ?? 0,
    syncStatus: syncStatusOf(synced),
    ...(isShown ? { leadRecord: await readBack(session, synced.id ?? 0, fields) } : {}),
  };
  return done({ result }, outcomeOf(synced));
}

/** The write stands whatever becomes of this: null, where the lead cannot be had. */
async function readBack(session: Session, id: number, fields: LeadFields): Promise<unknown> {
  const shown = soapFields(fields);
  const filter = {
    filterType: 'id',
    values: [String(id)],
    fields: ['email', ...shown.map(({ rest }) => rest)],
  };
  const tried = await session.try({
    endpoint: 'leads',
    query: queryOf(filter),
    isReply: (reply) => leadRowsProblem(reply, (lead) => lead.id === id),
  });
  const [lead] = tried.kind === 'answered' ? leadsOf(tried.reply) : [];
  return lead === undefined ? null : toLeadRecord(lead, shown);
}
