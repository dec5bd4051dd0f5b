import * as v from 'valibot';
import { referencesOf } from './lead-reference.ts';
import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { ArrayOfAttrib, arrayOfLeadKey, nameGivenTwice } from './types.ts';
import { boolean, dateTime, enumeration, nonBlank, optional, positiveInt, sequence, text } from './xsd.ts';

const ReqCampSourceType = enumeration('ReqCampSourceType', ['MKTOWS', 'SALES']);

export const getCampaignsForSource = operation({
  params: sequence('ParamsGetCampaignsForSource', {
    source: ReqCampSourceType,
    name: optional(text),
    exactName: optional(boolean),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  isRead: always,
});

type Tokens = v.InferOutput<typeof ArrayOfAttrib>;

const tokenGivenTwice = ({ attrib }: Tokens): string | null => nameGivenTwice(attrib.map(({ name }) => name));

const Tokens = v.pipe(
  ArrayOfAttrib,
  v.check(
    (tokens) => tokenGivenTwice(tokens) === null,
    ({ input }) => `names ${tokenGivenTwice(input)} twice; give it one value`,
  ),
);

/** Marketo reads the first 100 keys and ignores the rest without a word. */
const MOST_CAMPAIGN_LEADS = 100;

export const requestCampaign = operation({
  params: v.pipe(
    sequence('ParamsRequestCampaign', {
      source: ReqCampSourceType,
      campaignId: optional(positiveInt),
      leadList: optional(arrayOfLeadKey(MOST_CAMPAIGN_LEADS)),
      programName: optional(nonBlank),
      campaignName: optional(nonBlank),
      programTokenList: optional(Tokens),
    }),
    v.check(
      ({ campaignId, programName, campaignName }) =>
        campaignId !== undefined || (programName !== undefined && campaignName !== undefined),
      'needs campaignId, or programName and campaignName',
    ),
    v.check(
      ({ campaignId, programName, campaignName }) =>
        campaignId === undefined || (programName === undefined && campaignName === undefined),
      'has campaignId and a name, which may be two campaigns; give campaignId, or programName and campaignName',
    ),
    v.check(
      ({ campaignId, programTokenList }) => campaignId === undefined || programTokenList === undefined,
      'has programTokenList beside campaignId; Marketo takes tokens only with programName and campaignName',
    ),
    v.check(
      ({ leadList }) => leadList !== undefined,
      'needs leadList: without it nobody runs through the campaign',
    ),
  ),
  timeoutMs: CALL_TIMEOUT_MS,
  // Runs the leads through the flow again: a second e-mail.
  isUnsafe: always,
  leads: ({ leadList }) => referencesOf(leadList?.leadKey ?? []),
});

export const scheduleCampaign = operation({
  params: sequence('ParamsScheduleCampaign', {
    programName: nonBlank,
    cloneToProgramName: optional(text),
    campaignName: nonBlank,
    campaignRunAt: optional(dateTime),
    programTokenList: optional(Tokens),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  // Schedules another run; with cloneToProgramName it clones the program once more.
  isUnsafe: always,
});
