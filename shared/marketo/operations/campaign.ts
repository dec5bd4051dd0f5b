import * as v from 'valibot';
import { referencesOf } from './lead-reference.ts';
import { always, CALL_TIMEOUT_MS, operation } from './operation.ts';
import { ArrayOfAttrib, arrayOfLeadKey } from './types.ts';
import { boolean, dateTime, enumeration, optional, positiveInt, sequence, text } from './xsd.ts';

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

/** Marketo reads the first 100 keys and ignores the rest without a word. */
const MOST_CAMPAIGN_LEADS = 100;

export const requestCampaign = operation({
  params: v.pipe(
    sequence('ParamsRequestCampaign', {
      source: ReqCampSourceType,
      campaignId: optional(positiveInt),
      leadList: optional(arrayOfLeadKey(MOST_CAMPAIGN_LEADS)),
      programName: optional(text),
      campaignName: optional(text),
      programTokenList: optional(ArrayOfAttrib),
    }),
    v.check(
      ({ campaignId, programName, campaignName }) =>
        campaignId !== undefined || (programName !== undefined && campaignName !== undefined),
      'needs campaignId, or programName and campaignName',
    ),
  ),
  timeoutMs: CALL_TIMEOUT_MS,
  // Runs the leads through the flow again: a second e-mail.
  isUnsafe: always,
  leads: ({ leadList }) => referencesOf(leadList?.leadKey ?? []),
});

export const scheduleCampaign = operation({
  params: sequence('ParamsScheduleCampaign', {
    programName: text,
    cloneToProgramName: optional(text),
    campaignName: text,
    campaignRunAt: optional(dateTime),
    programTokenList: optional(ArrayOfAttrib),
  }),
  timeoutMs: CALL_TIMEOUT_MS,
  // Schedules another run; with cloneToProgramName it clones the program once more.
  isUnsafe: always,
});
