import type { Call } from '../../shared/marketo/transport.ts';
import { type marketoFault, ok } from './work-world.ts';

type Answer = ReturnType<typeof ok> | ReturnType<typeof marketoFault>;
type LeadRecord = Extract<Call, { operation: 'syncLead' }>['params']['leadRecord'];

/** What is wrong with one lead, by its address. */
export interface Trouble {
  /** A call that holds it ends with this, whoever else is in it. */
  readonly ofCall?: Answer;
  /** Its record alone fails: in a call with others with these words, by itself with the fault. */
  readonly ofRecord?: { readonly words: string; readonly alone: Answer };
}

/** The leads of a call, as they stand in it. */
export function leadsOf(call: Call): readonly LeadRecord[] {
  if (call.operation === 'syncLead') return [call.params.leadRecord];
  return call.operation === 'syncMultipleLeads' ? call.params.leadRecordList.leadRecord : [];
}

export const emailsIn = (call: Call): readonly string[] => leadsOf(call).map(({ Email = '' }) => Email);

const statusOf = (leadId: number, words: string | undefined) => ({
  leadId,
  status: words === undefined ? ('UPDATED' as const) : ('FAILED' as const),
  error: words ?? null,
});

/** Answers writes of leads as SOAP does, one or many, with the trouble that some of them make. */
export function packedMarketo(troubles: Readonly<Record<string, Trouble>> = {}) {
  return (call: Call): Answer => {
    const emails = emailsIn(call);
    const own = emails.map((email) => troubles[email] ?? {});
    const broken = own.find(({ ofCall }) => ofCall !== undefined)?.ofCall;
    if (broken !== undefined) return broken;
    if (call.operation === 'syncLead') {
      const status = statusOf(1, undefined);
      return own[0]?.ofRecord?.alone ?? ok({ result: { leadId: 1, syncStatus: status } });
    }
    const syncStatus = own.map(({ ofRecord }, at) => statusOf(at + 1, ofRecord?.words));
    return ok({ result: { syncStatusList: { syncStatus } } });
  };
}
