import type { Instance } from '../../instance/instance.ts';
import { findLeads, requireLead } from '../../instance/lead-key.ts';
import type { LeadRecord } from '../../instance/lead-record.ts';
import { Refusal } from '../../instance/refusal.ts';
import { matchLead, upsertLead } from '../../instance/write-lead.ts';
import { ServiceFault } from '../fault.ts';
import { leadKeyOf } from '../lead-key-element.ts';
import { leadMarkup, leadRecordOf } from '../lead-record.ts';
import { selectLeads } from '../lead-selector.ts';
import { type Markup, nil, tag, tagOrNil } from '../markup.ts';
import { batchSize, boolean, items, requiredBoolean, requiredChild, stringItems, text } from '../params.ts';
import { page } from '../stream-position.ts';
import type { Element } from '../xml.ts';
import { mergeLeads } from './merge.ts';
import type { Call, OperationTable } from './operation.ts';

export const leadOperations: OperationTable = {
  getLead: { writes: false, run: getLead },
  getMultipleLeads: { writes: false, run: getMultipleLeads },
  syncLead: { writes: true, run: syncLead },
  syncMultipleLeads: { writes: true, run: syncMultipleLeads },
  mergeLeads: { writes: true, run: mergeLeads },
};

function getLead(instance: Instance, { params }: Call): Markup {
  const key = leadKeyOf(requiredChild(params, 'leadKey'));
  requireLead(instance, key);
  const leads = findLeads(instance, key);
  const records = leads.map((lead) => leadMarkup('leadRecord', lead));
  return tag('result', tag('count', leads.length), tag('leadRecordList', ...records));
}

/** Documented as both 1,000 and 100 a page (docs/marketo-facts.md): the smaller. */
const MOST_LEADS_PER_PAGE = 100;

function getMultipleLeads(instance: Instance, { params }: Call): Markup {
  const selection = selectLeads(instance, params);
  const include = stringItems(params, 'includeAttributes');
  const cut = page(
    selection.leads,
    selection.query,
    text(params, 'streamPosition'),
    batchSize(params, MOST_LEADS_PER_PAGE),
  );
  const records = cut.rows.map((lead) => leadMarkup('leadRecord', lead, include));
  return tag(
    'result',
    tag('returnCount', cut.rows.length),
    tag('remainingCount', cut.remaining),
    tag('newStreamPosition', cut.position),
    records.length === 0 ? nil('leadRecordList') : tag('leadRecordList', ...records),
  );
}

function syncLead(instance: Instance, { params, workspace, now }: Call): Markup {
  const element = params.children.find(
    (candidate) => candidate.name === 'leadRecord' && candidate.namespace === '',
  );
  if (element === undefined || element.nil === true) throw new ServiceFault(20104);
  const returnLead = requiredBoolean(params, 'returnLead');
  if (workspace !== null && !instance.workspaces.has(workspace)) {
    throw new ServiceFault(20110, `Workspace ${workspace} does not exist`);
  }
  const cookie = text(params, 'marketoCookie')?.trim() || null;
  const record = leadRecordOf(instance, element, cookie);
  const { lead, status } = upsertLead(instance, record, matchLead(instance, record), now);
  return tag(
    'result',
    tag('leadId', lead.id),
    syncStatus(lead.id, status, null),
    returnLead ? leadMarkup('leadRecord', lead) : nil('leadRecord'),
  );
}

function syncMultipleLeads(instance: Instance, { params, now }: Call): Markup {
  const elements = items(params, 'leadRecordList', 'leadRecord');
  if (elements.length === 0) throw new ServiceFault(20104);
  const dedup = boolean(params, 'dedupEnabled') ?? true;
  const statuses = elements.map((element) => syncOne(instance, element, dedup, now));
  return tag('result', tag('syncStatusList', ...statuses));
}

/** A record that fails fails alone: its slot says FAILED and why, without a code. */
function syncOne(instance: Instance, element: Element, dedup: boolean, now: number): Markup {
  try {
    const record = withoutEmailBesideId(leadRecordOf(instance, element));
    const { lead, status } = upsertLead(instance, record, existingLead(instance, record, dedup), now);
    return syncStatus(lead.id, status, null);
  } catch (error) {
    if (!(error instanceof ServiceFault || error instanceof Refusal)) throw error;
    return syncStatus(0, 'FAILED', error.message);
  }
}

/** Of a batch, an Email beside an Id is written only as an attribute (docs/marketo-facts.md 7.8). */
const withoutEmailBesideId = (record: LeadRecord): LeadRecord =>
  record.id === null ? record : { ...record, email: record.attributes.get('Email') ?? null };

/** Without dedup only an Id finds a lead; every other record makes a new one. */
function existingLead(instance: Instance, record: LeadRecord, dedup: boolean) {
  return dedup || record.id !== null ? matchLead(instance, record) : null;
}

function syncStatus(leadId: number, status: string, error: string | null): Markup {
  return tag('syncStatus', tag('leadId', leadId), tag('status', status), tagOrNil('error', error));
}
