import { createReadStream } from 'node:fs';
import { decoded } from '../../cli/source/lines.ts';
import type { NewJob } from '../../client/create-client.ts';
import { DAY_MS } from '../../shared/kernel/clock.ts';
import { csvRows } from '../../shared/marketo/csv-rows.ts';

const LEADS_CSV = new URL('../leads.csv', import.meta.url);

/** Ids that the summary shows commands for. */
export const SAMPLE = {
  lead: 'lead-1',
  doomed: 'doomed-field-1',
  inDoubt: 'welcome-in-doubt',
  tomorrow: 'tomorrow-1',
} as const;

/** The campaign whose request is answered by silence; only one job asks for it. */
export const SILENT_CAMPAIGN = 1002;
const SILENT_EMAIL = 'silent@example.com';

/** Every job of the demo, in the order in which it is enqueued. */
export async function* demoJobs(now: number): AsyncGenerator<NewJob> {
  yield* leads();
  const emails = await Array.fromAsync(leadRows(), ({ email }) => email);
  yield* listJobs(emails.slice(0, 12));
  yield* campaignJobs(emails.slice(0, 16));
  yield* doomedJobs(emails);
  yield* laterJobs(now);
}

interface LeadRow {
  readonly email: string;
  readonly attributes: { attrName: string; attrValue: string }[];
}

/** The file's rows: the first column is the address, the header names the attributes. */
async function* leadRows(): AsyncGenerator<LeadRow> {
  let names: readonly string[] | null = null;
  for await (const row of csvRows(decoded(createReadStream(LEADS_CSV), 'leads.csv'))) {
    if (row.kind === 'bad') throw new Error(`leads.csv, line ${row.line}: ${row.error}`);
    const [email = '', ...values] = row.cells;
    if (names !== null) yield { email, attributes: attributesOf(names, values) };
    names ??= row.cells.slice(1);
  }
}

const attributesOf = (names: readonly string[], values: readonly string[]) =>
  values.map((attrValue, column) => ({ attrName: names[column] ?? '', attrValue }));

async function* leads(): AsyncGenerator<NewJob> {
  let row = 0;
  for await (const { email, attributes } of leadRows()) {
    row += 1;
    yield lead(`lead-${row}`, email, attributes);
  }
}

const lead = (id: string, email: string, attribute: LeadRow['attributes']): NewJob => ({
  id,
  operation: 'syncLead',
  params: {
    leadRecord: {
      Email: email,
      leadAttributeList: { attribute },
    },
    returnLead: false,
  },
});

/** On one lead each: they stand behind the write of that lead. */
function* listJobs(emails: readonly string[]): Generator<NewJob> {
  for (const [index, keyValue] of emails.entries()) {
    yield {
      id: `list-${index + 1}`,
      operation: 'listOperation',
      params: {
        listOperation: 'ADDTOLIST',
        listKey: { keyType: 'MKTOLISTNAME', keyValue: 'Demo List' },
        listMemberList: { leadKey: [{ keyType: 'EMAIL', keyValue }] },
        strict: false,
      },
    };
  }
}

function* campaignJobs(emails: readonly string[]): Generator<NewJob> {
  for (const [index, email] of emails.entries()) yield campaign(`welcome-${index + 1}`, email, 1001);
}

const campaign = (id: string, email: string, campaignId: number): NewJob => ({
  id,
  operation: 'requestCampaign',
  params: { source: 'MKTOWS', campaignId, leadList: { leadKey: [{ keyType: 'EMAIL', keyValue: email }] } },
});

/** Jobs that cannot succeed, each kind in its own way. */
function* doomedJobs(emails: readonly string[]): Generator<NewJob> {
  for (const n of [1, 2, 3])
    yield lead(`doomed-field-${n}`, `doomed${n}@example.com`, [
      { attrName: 'FavouriteColour', attrValue: 'blue' },
    ]);
  for (const n of [1, 2]) yield campaign(`doomed-lead-${n}`, `nobody${n}@example.com`, 1001);
  yield campaign('doomed-campaign', emails[20] ?? '', 9999);
  yield lead('silent', SILENT_EMAIL, [{ attrName: 'FirstName', attrValue: 'Sil' }]);
  yield campaign(SAMPLE.inDoubt, SILENT_EMAIL, SILENT_CAMPAIGN);
}

/** One for tomorrow, and one on the same lead that is to come right behind it. */
function* laterJobs(now: number): Generator<NewJob> {
  const notBefore = (ms: number) => new Date(now + ms).toISOString();
  yield {
    ...lead('tomorrow-1', 'later@example.com', [{ attrName: 'LeadStatus', attrValue: 'Open' }]),
    notBefore: notBefore(DAY_MS),
  };
  yield { ...campaign('tomorrow-2', 'later@example.com', 1003), notBefore: notBefore(DAY_MS + 1) };
}
