import type { Fault } from '../../faults/fault.ts';
import { recordReference } from '../../operations/lead-reference.ts';
import { type CheckedParamsOf, paramsWithOnly } from '../../operations/registry.ts';
import { isGiven, type LeadRecordParams } from '../../operations/types.ts';
import type { RecordOutcome } from '../../transport.ts';
import { refused } from '../call/call-ended.ts';
import { refusal, unlike } from '../call/findings.ts';
import type { Done, Finding, Known, Mapping } from '../call/mapping.ts';
import type { RestSettings } from '../call/settings.ts';
import { fieldsNaming } from './fields-naming.ts';
import { attributeFindings, attributeNames, toRestRecord } from './lead-attributes.ts';
import type { LeadFields } from './lead-fields.ts';
import { sendLeads } from './lead-sending.ts';
import {
  failedLead,
  type LeadWrite,
  outcomeOf,
  type PlannedLead,
  planLead,
  type SyncedLead,
} from './lead-write.ts';
import { partitionOf, workspaceFindings } from './partition.ts';

type Params = CheckedParamsOf<'syncMultipleLeads'>;

/** A request for each kind of key; the outcomes are put back in the order of the records. */
export const syncMultipleLeads: Mapping<'syncMultipleLeads'> = {
  check: findingsOf,
  run: async (params, session) => {
    const records = params.leadRecordList.leadRecord;
    const { settings, workspace, clock } = session;
    const fields = await fieldsNaming(session, records.flatMap(attributeNames));
    const finding = findingsOf(params, { fields, settings, workspace, now: clock() }).find(isFatal);
    if (finding !== undefined) throw refused(finding.code, finding.message);
    const plans = records.map((record) => planOf(record, params, fields, settings));
    const unsendable = plans.flatMap((plan, position) => (isPlanned(plan) ? [] : [position]));
    const synced = await sendLeads(
      {
        session,
        announces: announcedBy(params),
        paramsWith: (positions) =>
          paramsWithOnly({ operation: 'syncMultipleLeads', params }, new Set([...positions, ...unsendable])),
      },
      plans.flatMap((plan, position) => (isPlanned(plan) ? [{ position, plan }] : [])),
    );
    return doneOf(plans.map((plan, position) => (isPlanned(plan) ? (synced.get(position) ?? UNTOLD) : plan)));
  },
};

const UNTOLD = failedLead(null, 'the answer does not say what became of it');

const isPlanned = (plan: PlannedLead | SyncedLead): plan is PlannedLead => 'values' in plan;

const isFatal = ({ kind }: Finding): boolean => kind !== 'unlike';

/** An update by Id comes to the same again. What an absent dedupEnabled means is documented nowhere: not repeated either. */
const announcedBy =
  ({ dedupEnabled }: Params) =>
  ({ action }: LeadWrite): boolean =>
    dedupEnabled !== true && action !== 'updateOnly';

/** A record that cannot be sent fails alone, as it did over SOAP. */
function planOf(
  record: LeadRecordParams,
  { dedupEnabled }: Params,
  fields: LeadFields,
  settings: RestSettings,
): PlannedLead | SyncedLead {
  const refusal = attributeFindings(record, { fields, settings }).find(isFatal);
  if (refusal !== undefined)
    return {
      ...failedLead(refusal.code, `${refusal.code} - ${refusal.message}; it was not sent`),
      fault: faultAlone(record, refusal, settings),
    };
  const attributes = toRestRecord(record, fields, settings);
  const plan =
    dedupEnabled === false && record.Id === undefined ? null : planLead(record, attributes, settings, false);
  if (plan !== null) return plan;
  const email = isGiven(record.Email) ? { email: record.Email.trim() } : {};
  return {
    action: 'createDuplicate',
    lookupField: null,
    key: '',
    values: { ...email, ...Object.fromEntries(attributes) },
  };
}

/** As `syncLead` refuses it: for all that is known without the fields, else for the first that they show. */
function faultAlone(record: LeadRecordParams, refusal: Finding, settings: RestSettings): Fault {
  const byRule = attributeFindings(record, { fields: null, settings }).filter(isFatal);
  const [{ code } = refusal] = byRule;
  const messages = (byRule.length === 0 ? [refusal] : byRule).map(({ message }) => message);
  return refused(code, messages.join('; ')).fault;
}

function doneOf(synced: readonly SyncedLead[]): Done {
  const [first = outcomeOf(UNTOLD), ...others] = synced.map(outcomeOf);
  const records: [RecordOutcome, ...RecordOutcome[]] = [first, ...others];
  return {
    result: { result: { syncStatusList: { syncStatus: records.map(({ result }) => result) } } },
    records,
  };
}

function findingsOf(params: Params, known: Known): readonly Finding[] {
  const records = params.leadRecordList.leadRecord;
  const findings = records.map((record) => attributeFindings(record, known));
  const areAllRefused = findings.every((ofRecord) => ofRecord.some(isFatal));
  const ofRecords = findings.flatMap((ofRecord, index) =>
    ofRecord.map((finding) => ({
      ...(areAllRefused || !isFatal(finding) ? finding : failsAlone(finding)),
      position: index + 1,
    })),
  );
  return [
    ...workspaceFindings(known),
    ...repeatFindings(params),
    ...partitionFindings(known),
    ...merged(ofRecords),
  ];
}

const failsAlone = ({ code, message }: Finding): Finding => ({
  kind: 'unlike',
  code,
  message: `will fail alone, ${message}`,
});

/** Each distinct finding once, with the records it is about. */
function merged(findings: readonly (Finding & { readonly position: number })[]): readonly Finding[] {
  const alike = Map.groupBy(findings, ({ kind, code, message }) => `${kind} ${code} ${message}`);
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { kind, code, message } = first;
    const positions = same.map(({ position }) => position).join(', ');
    return [{ kind, code, message: `record${same.length === 1 ? '' : 's'} ${positions}: ${message}` }];
  });
}

/** A key that comes again takes one request more; the rest of what a call may have is left for halves and duplicates. */
const MOST_REPEATS = 20;

function repeatFindings({ leadRecordList, dedupEnabled }: Params): readonly Finding[] {
  const keys = leadRecordList.leadRecord.flatMap((record) => {
    const key = dedupEnabled === false && record.Id === undefined ? null : recordReference(record);
    return key === null ? [] : [`${key.type}:${key.value.toLowerCase()}`];
  });
  const ofKind = Map.groupBy(Map.groupBy(keys, (key) => key).values(), ([key = '']) => key.split(':')[0]);
  const requests = [...ofKind.values()]
    .map((repeats) => Math.max(...repeats.map((same) => same.length)))
    .reduce((sum, most) => sum + most, 0);
  if (requests <= MOST_REPEATS) return [];
  const message = `its keys come again so often that ${requests} requests are needed, and a call may have ${MOST_REPEATS}: split it`;
  return [refusal(message)];
}

function partitionFindings({ workspace, settings }: Known): readonly Finding[] {
  if (partitionOf(workspace, settings) === undefined) return [];
  const message = 'SOAP updated a lead wherever it was; REST refuses one that is in another partition (1010)';
  return [unlike(message, 1010)];
}
