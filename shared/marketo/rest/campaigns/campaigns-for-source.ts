import { isObject } from '../../../kernel/is-object.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refused } from '../call/call-ended.ts';
import { nameFindings } from '../call/findings.ts';
import { done, type Mapping } from '../call/mapping.ts';
import { codeOf, type RestReply } from '../call/read-reply.ts';
import { MOST_REQUESTS, type Session } from '../call/session.ts';
import { sourceFindings } from './campaign-params.ts';

type Params = CheckedParamsOf<'getCampaignsForSource'>;

/** Lists the campaigns that requestCampaign may name: active, with the trigger "Campaign is Requested" by web service. */
export const getCampaignsForSource: Mapping<'getCampaignsForSource'> = {
  check: ({ source, name = '', exactName }) => [
    ...sourceFindings(source),
    ...(exactName === true && name !== '' ? nameFindings({ name }) : []),
  ],

  async run(params, session) {
    const found = matching(await triggerable(session, exactNames(params)), params);
    const records = found.map(({ id, name, description }) => ({ id, name, description }));
    const result = {
      returnCount: records.length,
      campaignRecordList: records.length === 0 ? null : { campaignRecord: records },
    };
    return done({ result }, { result });
  },
};

interface CampaignRow {
  readonly id: number;
  /** As SOAP had it: `Program.Campaign` in a program. */
  readonly name: string;
  /** Without its program. */
  readonly ownName: string;
  readonly description: string | null;
}

/**
 * Names to ask Marketo for. Both parts of `Program.Campaign` may have a dot, so everything behind one may be the campaign's own.
 * Undefined: all campaigns.
 */
function exactNames({ name = '', exactName }: Params): readonly string[] | undefined {
  if (exactName !== true || name === '') return undefined;
  const parts = name.split('.');
  const names = parts.map((_, index) => parts.slice(index).join('.')).filter((one) => one.trim() !== '');
  return names.length > MOST_NAMES ? undefined : names;
}

/** With more dots than a name has, reading all campaigns costs less than asking for every ending. */
const MOST_NAMES = 20;

async function triggerable(
  session: Session,
  name: readonly string[] | undefined,
): Promise<readonly CampaignRow[]> {
  const campaigns: CampaignRow[] = [];
  let nextPageToken: string | undefined;
  for (let page = 0; page < MOST_REQUESTS; page += 1) {
    const reply = await session.ask({
      endpoint: 'campaigns',
      query: { isTriggerable: true, name, batchSize: 300, nextPageToken },
      isReply: rowsProblem,
    });
    campaigns.push(...rowsOf(reply));
    if (reply.nextPageToken === null) return campaigns;
    nextPageToken = reply.nextPageToken;
  }
  throw refused(1003, `there are more than ${MOST_REQUESTS} pages of campaigns; ask for one by exactName`);
}

const rowsProblem = (reply: RestReply): string | null =>
  rowsOf(reply).length === reply.result.length ? null : 'a campaign has no id or no name';

const rowsOf = ({ result }: RestReply): readonly CampaignRow[] =>
  result.flatMap((row) => {
    const id = isObject(row) ? codeOf(row['id']) : null;
    if (!isObject(row) || id === null || typeof row['name'] !== 'string') return [];
    const { name: ownName, programName, description } = row;
    const name = isText(programName) ? `${programName}.${ownName}` : ownName;
    return [{ id, name, ownName, description: isText(description) ? description : null }];
  });

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Exactly named: with its program or without; without case only where none is spelled so. Else: whose name has it anywhere. */
function matching(all: readonly CampaignRow[], { name = '', exactName }: Params): readonly CampaignRow[] {
  const small = name.toLowerCase();
  if (exactName !== true || name === '') return all.filter((row) => row.name.toLowerCase().includes(small));
  const spelled = all.filter((row) => row.name === name || row.ownName === name);
  return spelled.length > 0
    ? spelled
    : all.filter((row) => row.name.toLowerCase() === small || row.ownName.toLowerCase() === small);
}
