import { type Advice, advised, FIX_AND_EDIT, OUR_BUG, REDRIVE, WAIT_AND_REDRIVE } from './words.ts';

/** Adobe's table of SOAP codes, and 20018 from Marketo's own sample client. */
export const SOAP_ADVICE: Readonly<Record<number, Advice>> = {
  10001: advised(
    'Marketo failed severely inside.',
    `${WAIT_AND_REDRIVE} If it stays, give request and response to Adobe support.`,
  ),
  20011: advised(
    "Marketo's API service failed inside.",
    `${WAIT_AND_REDRIVE} If one job alone keeps failing, give its request and response to Adobe support.`,
  ),
  20012: advised('Marketo did not understand the SOAP message.', OUR_BUG),
  20013: advised(
    'This client is blocked from the API.',
    'Have a Marketo administrator check the API user and the IP allowlist (Admin > Web Services), run mktq resume, then redrive.',
  ),
  20014: advised(
    'User id, encryption key and signature do not fit together.',
    'Compare MARKETO_USER_ID and MARKETO_ENCRYPTION_KEY with Admin > Web Services, renew the secret, then redrive; the hold lifts by itself when a probe succeeds.',
  ),
  20015: advised(
    "The subscription's calls of today are spent.",
    'Jobs wait for midnight Central by themselves; redrive this one after it. If it happens daily, lower MARKETO_SHARE elsewhere or have the quota raised.',
  ),
  20016: advised(
    'The signature was too old when Marketo read it.',
    "The clock of the worker's machine is wrong, or requests are held up on the way: compare its time with the Date header of the response, then redrive.",
  ),
  20017: advised(
    'The request lacks a parameter that Marketo expects.',
    `Compare params with the operation's description (mktq check FILE). ${FIX_AND_EDIT}`,
  ),
  20018: advised(
    'The request is badly encoded.',
    'Look for characters in params that are not valid text, take them out with --edit, then redrive.',
  ),
  20019: advised(
    'Marketo does not know the operation.',
    'Check the endpoint: it must end in /soap/mktows/3_1, the version that has all 23 operations. Then redrive.',
  ),
  20022: advised(
    'The time range of the selector spans more than 30 days.',
    'Split it into ranges of at most 30 days (oldestUpdatedAt to latestUpdatedAt), edit this job to the first and enqueue the others.',
  ),
  20023: advised(
    'More than 100 calls in 20 seconds reached Marketo.',
    'Somebody else spends the same limit: lower MARKETO_SHARE, then redrive.',
  ),
  20024: advised(
    'More than 10 calls ran at once.',
    'Somebody else uses the same slots: lower MARKETO_SHARE, then redrive.',
  ),
  20101: advised(
    'No key of a lead was given.',
    `Give the lead an Id, Email or ForeignSysPersonId (capitalised: a lower-case id is ignored). ${FIX_AND_EDIT}`,
  ),
  20102: advised(
    'The type of the lead key is none that Marketo knows.',
    `Use IDNUM, COOKIE, EMAIL, LEADOWNEREMAIL or one of the SFDC types. ${FIX_AND_EDIT}`,
  ),
  20103: advised(
    'Marketo has no lead with this key.',
    `Look for it with getLead under another key: it may have been merged, deleted, or not been synced yet. Sync it first, ${REDRIVE}; or discard if the lead is gone.`,
  ),
  20104: advised('The request carries no lead record.', `Fill params.leadRecord. ${FIX_AND_EDIT}`),
  20105: advised(
    'An attrName is not a field of the instance.',
    `Compare with describeMObject LeadRecord (names are the SOAP names, case counts). Create the field in Marketo and redrive, or edit the name and redrive; correct the mapping of the sync job, too.`,
  ),
  20106: advised(
    'Marketo could not create or update the lead, twice.',
    'The message names the reason where Marketo gives one (often a value too long or of the wrong type, or a lead locked by another process). Correct the value with --edit if it is one, then redrive.',
  ),
  20107: advised(
    'The activity filter or key is not valid.',
    `Use activity types of the WSDL in activityFilter, display names in activityNameFilter. ${FIX_AND_EDIT}`,
  ),
  20108: advised(
    'Marketo has no such lead owner.',
    `Compare the owner's address with the sales users synced to Marketo. Sync the owner first, ${REDRIVE}.`,
  ),
  20109: advised('A parameter is null or missing.', `The message names it. ${FIX_AND_EDIT}`),
  20110: advised(
    'A parameter has a value Marketo does not take.',
    `The message says which (an object name: compare with listMObjects). ${FIX_AND_EDIT}`,
  ),
  20111: advised(
    'Marketo has no such list.',
    `Only static lists of the Lead Database count, by their exact name; a program's list is reached with importToList. Create or rename the list, ${REDRIVE}.`,
  ),
  20113: advised(
    'Marketo has no such campaign, or it cannot be requested.',
    `Compare with getCampaignsForSource MKTOWS: the campaign must have a "Campaign is Requested" trigger and be active. Activate it, ${REDRIVE}.`,
  ),
  20114: advised('A parameter has a value Marketo does not take.', `The message says which. ${FIX_AND_EDIT}`),
  20122: advised(
    'The stream position is corrupt or was changed.',
    'Pass positions on exactly as Marketo gave them; start again without streamPosition with --edit, then redrive.',
  ),
  20123: advised(
    'There are no more records after this stream position.',
    'It is the end of a read, not a failure: discard.',
  ),
};
