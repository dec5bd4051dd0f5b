import { isObject } from '../../../kernel/is-object.ts';
import type { CheckedParamsOf } from '../../operations/registry.ts';
import { refused } from '../call/call-ended.ts';
import { nameFindings, unlike } from '../call/findings.ts';
import { done, type Finding, type Mapping } from '../call/mapping.ts';
import { codeOf, type RestReply } from '../call/read-reply.ts';
import { tokenFindings, tokensOf } from './campaign-params.ts';

type Params = CheckedParamsOf<'scheduleCampaign'>;

/** Marketo starts no campaign sooner, and takes five minutes for the time that is not given. */
const SOONEST_MS = 5 * 60_000;

/** Schedules a run of a batch campaign, of a clone of its program if `cloneToProgramName` says so. */
export const scheduleCampaign: Mapping<'scheduleCampaign'> = {
  check: ({ programName, campaignName, programTokenList, campaignRunAt }, { now }) => [
    ...nameFindings({ programName, campaignName }),
    ...tokenFindings(programTokenList),
    ...timeFindings(campaignRunAt, now),
  ],

  async run(params, session) {
    const { directory } = session;
    await directory.using(
      session,
      () => directory.campaign(session, params.campaignName, params.programName),
      async ({ id, type }) => {
        if (type === 'trigger')
          throw refused(1003, 'it is a trigger campaign, which is requested, not scheduled');
        await session.ask({
          endpoint: 'scheduleCampaign',
          path: { id },
          json: { input: inputOf(params, session.clock()) },
          announces: true,
          isReply: namesCampaigns,
        });
      },
    );
    const result = { success: true };
    return done({ result }, { result });
  },
};

/** Which id comes back after a clone is not documented: any will do. */
const namesCampaigns = ({ result }: RestReply): string | null =>
  result.every((row) => isObject(row) && codeOf(row['id']) !== null) ? null : 'it names no campaign';

/** What is undefined is left out of the body. */
const inputOf = ({ campaignRunAt, programTokenList, cloneToProgramName = '' }: Params, now: number) => ({
  runAt: laterThan(now, campaignRunAt),
  tokens: tokensOf(programTokenList),
  cloneToProgramName: cloneToProgramName.trim() === '' ? undefined : cloneToProgramName,
});

/** `2026-12-01T08:00:00Z`, without milliseconds, which Marketo does not document; undefined: as soon as it can. */
function laterThan(now: number, runAt: string | undefined): string | undefined {
  const at = runAt === undefined ? 0 : timeOf(runAt);
  return at < now + SOONEST_MS ? undefined : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

const ZONE = /(?:Z|[+-]\d{2}:\d{2})$/;

/** Epoch ms. A time without a zone is UTC: left to itself, JavaScript would take it for the zone of the machine. */
const timeOf = (runAt: string): number => Date.parse(ZONE.test(runAt) ? runAt : `${runAt}Z`);

function timeFindings(runAt: string | undefined, now: number): readonly Finding[] {
  if (runAt === undefined) return [unlike('without campaignRunAt it runs in five minutes, not at once')];
  return [
    ...(ZONE.test(runAt) ? [] : [unlike('campaignRunAt has no zone, and is read as UTC')]),
    ...(timeOf(runAt) < now + SOONEST_MS
      ? [unlike('campaignRunAt is past or less than five minutes away: it runs in five minutes')]
      : []),
  ];
}
