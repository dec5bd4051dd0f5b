/** What a fault means and what to do about it. `short` is the same in a few words, for one line of a table. */
export interface Advice {
  readonly meaning: string;
  readonly action: string;
  readonly short: string;
}

const advice = (meaning: string, action: string, short: string): Advice => ({ meaning, action, short });

const REDRIVE = 'then redrive';
const WAIT_AND_REDRIVE = 'Nothing is wrong with the job: redrive it once Marketo answers again.';
const FIX_AND_EDIT = 'Correct the job with --edit, then redrive; correct the sync job that made it, too.';
const OUR_BUG =
  'The transport built a request Marketo cannot read. Look at the request of this letter and report it; a redrive of the same version fails the same way.';

/** Adobe's table of SOAP codes, and 20018 from Marketo's own sample client. */
export const SOAP_ADVICE: Readonly<Record<number, Advice>> = {
  10001: advice(
    'Marketo failed severely inside.',
    `${WAIT_AND_REDRIVE} If it stays, give request and response to Adobe support.`,
    'Marketo failed inside; redrive later',
  ),
  20011: advice(
    "Marketo's API service failed inside.",
    `${WAIT_AND_REDRIVE} If one job alone keeps failing, give its request and response to Adobe support.`,
    'API service failed; redrive later',
  ),
  20012: advice('Marketo did not understand the SOAP message.', OUR_BUG, 'message not understood; report it'),
  20013: advice(
    'This client is blocked from the API.',
    'Have a Marketo administrator check the API user and the IP allowlist (Admin > Web Services), run mktq resume, then redrive.',
    'client blocked; check API user and IP allowlist',
  ),
  20014: advice(
    'User id, encryption key and signature do not fit together.',
    'Compare MARKETO_USER_ID and MARKETO_ENCRYPTION_KEY with Admin > Web Services, renew the secret, then redrive; the hold lifts by itself when a probe succeeds.',
    'credentials refused; compare user id and key',
  ),
  20015: advice(
    "The subscription's calls of today are spent.",
    'Jobs wait for midnight Central by themselves; redrive this one after it. If it happens daily, lower MARKETO_SHARE elsewhere or have the quota raised.',
    'quota spent; redrive after the reset',
  ),
  20016: advice(
    'The signature was too old when Marketo read it.',
    "The clock of the worker's machine is wrong, or requests are held up on the way: compare its time with the Date header of the response, then redrive.",
    'signature too old; check the clock',
  ),
  20017: advice(
    'The request lacks a parameter that Marketo expects.',
    `Compare params with the operation's description (mktq check FILE). ${FIX_AND_EDIT}`,
    'parameter missing; edit and redrive',
  ),
  20018: advice(
    'The request is badly encoded.',
    'Look for characters in params that are not valid text, take them out with --edit, then redrive.',
    'bad encoding; clean the text',
  ),
  20019: advice(
    'Marketo does not know the operation.',
    'Check the endpoint: it must end in /soap/mktows/3_1, the version that has all 23 operations. Then redrive.',
    'operation unknown; check the endpoint version',
  ),
  20022: advice(
    'The time range of the selector spans more than 30 days.',
    'Split it into ranges of at most 30 days (oldestUpdatedAt to latestUpdatedAt), edit this job to the first and enqueue the others.',
    'range over 30 days; split it',
  ),
  20023: advice(
    'More than 100 calls in 20 seconds reached Marketo.',
    'Somebody else spends the same limit: lower MARKETO_SHARE, then redrive.',
    'rate limit; lower MARKETO_SHARE',
  ),
  20024: advice(
    'More than 10 calls ran at once.',
    'Somebody else uses the same slots: lower MARKETO_SHARE, then redrive.',
    'concurrency limit; lower MARKETO_SHARE',
  ),
  20101: advice(
    'No key of a lead was given.',
    `Give the lead an Id, Email or ForeignSysPersonId (capitalised: a lower-case id is ignored). ${FIX_AND_EDIT}`,
    'no lead key; add Id or Email',
  ),
  20102: advice(
    'The type of the lead key is none that Marketo knows.',
    `Use IDNUM, COOKIE, EMAIL, LEADOWNEREMAIL or one of the SFDC types. ${FIX_AND_EDIT}`,
    'bad key type; use EMAIL or IDNUM',
  ),
  20103: advice(
    'Marketo has no lead with this key.',
    `Look for it with getLead under another key: it may have been merged, deleted, or not been synced yet. Sync it first, ${REDRIVE}; or discard if the lead is gone.`,
    'lead not in Marketo; sync it first or discard',
  ),
  20104: advice(
    'The request carries no lead record.',
    `Fill params.leadRecord. ${FIX_AND_EDIT}`,
    'lead record missing; edit and redrive',
  ),
  20105: advice(
    'An attrName is not a field of the instance.',
    `Compare with describeMObject LeadRecord (names are the SOAP names, case counts). Create the field in Marketo and redrive, or edit the name and redrive; correct the mapping of the sync job, too.`,
    'unknown field; compare with describeMObject LeadRecord',
  ),
  20106: advice(
    'Marketo could not create or update the lead, twice.',
    'The message names the reason where Marketo gives one (often a value too long or of the wrong type, or a lead locked by another process). Correct the value with --edit if it is one, then redrive.',
    'lead not saved; read the message, redrive',
  ),
  20107: advice(
    'The activity filter or key is not valid.',
    `Use activity types of the WSDL in activityFilter, display names in activityNameFilter. ${FIX_AND_EDIT}`,
    'bad activity key; edit and redrive',
  ),
  20108: advice(
    'Marketo has no such lead owner.',
    `Compare the owner's address with the sales users synced to Marketo. Sync the owner first, ${REDRIVE}.`,
    'owner not in Marketo; sync it first',
  ),
  20109: advice(
    'A parameter is null or missing.',
    `The message names it. ${FIX_AND_EDIT}`,
    'parameter missing; edit and redrive',
  ),
  20110: advice(
    'A parameter has a value Marketo does not take.',
    `The message says which (an object name: compare with listMObjects). ${FIX_AND_EDIT}`,
    'bad parameter; edit and redrive',
  ),
  20111: advice(
    'Marketo has no such list.',
    `Only static lists of the Lead Database count, by their exact name; a program's list is reached with importToList. Create or rename the list, ${REDRIVE}.`,
    'list not found; create it, then redrive',
  ),
  20113: advice(
    'Marketo has no such campaign, or it cannot be requested.',
    `Compare with getCampaignsForSource MKTOWS: the campaign must have a "Campaign is Requested" trigger and be active. Activate it, ${REDRIVE}.`,
    'campaign not found or not active; activate it',
  ),
  20114: advice(
    'A parameter has a value Marketo does not take.',
    `The message says which. ${FIX_AND_EDIT}`,
    'bad parameter; edit and redrive',
  ),
  20122: advice(
    'The stream position is corrupt or was changed.',
    'Pass positions on exactly as Marketo gave them; start again without streamPosition with --edit, then redrive.',
    'bad stream position; start again without it',
  ),
  20123: advice(
    'There are no more records after this stream position.',
    'It is the end of a read, not a failure: discard.',
    'end of the stream; discard',
  ),
};

/** Adobe's tables of REST codes: whole requests (up to 719) and single records (from 1001). */
export const REST_ADVICE: Readonly<Record<number, Advice>> = {
  500: advice(
    'Marketo failed inside, or the URL was badly formed.',
    WAIT_AND_REDRIVE,
    'Marketo failed inside; redrive later',
  ),
  502: advice(
    'A gateway of Marketo gave up waiting, most likely.',
    WAIT_AND_REDRIVE,
    'gateway timeout; redrive later',
  ),
  601: advice(
    'The access token was not valid, even after renewal.',
    'Check that MARKETO_REST_ENDPOINT and MARKETO_IDENTITY_ENDPOINT are of the same instance, then redrive.',
    'token invalid; check both endpoints',
  ),
  602: advice(
    'The access token had expired, even after renewal.',
    "Check the clock of the worker's machine, then redrive.",
    'token expired; check the clock',
  ),
  603: advice(
    'The API user may not make this call.',
    'Have a Marketo administrator give its role the permission the operation needs, and check the IP allowlist; then redrive.',
    'access denied; check role and IP allowlist',
  ),
  604: advice(
    'Marketo did not finish in its own time limit.',
    'Redrive; if it comes back, split the job into smaller ones.',
    'timed out at Marketo; redrive or split',
  ),
  605: advice('The HTTP method is not the one this call takes.', OUR_BUG, 'wrong HTTP method; report it'),
  606: advice(
    'More than 100 calls in 20 seconds reached Marketo.',
    'Somebody else spends the same limit: lower MARKETO_SHARE, then redrive.',
    'rate limit; lower MARKETO_SHARE',
  ),
  607: advice(
    "The subscription's calls of today are spent.",
    'Redrive after midnight Central. If it happens daily, have the quota raised.',
    'quota spent; redrive after the reset',
  ),
  608: advice('The API was temporarily unavailable.', WAIT_AND_REDRIVE, 'API unavailable; redrive later'),
  609: advice('The body was not valid JSON.', OUR_BUG, 'bad JSON; report it'),
  610: advice(
    'Marketo has nothing at this URL.',
    'Check MARKETO_REST_ENDPOINT (it ends in /rest) and that the object of the job exists under this name; then redrive.',
    'not found; check endpoint and names',
  ),
  611: advice(
    'An exception inside Marketo that nobody handled.',
    `${WAIT_AND_REDRIVE} If one job alone keeps failing, give its request and response to Adobe support.`,
    'Marketo failed inside; redrive later',
  ),
  612: advice('The content type is not the one this call takes.', OUR_BUG, 'wrong content type; report it'),
  613: advice('The multipart body is not valid.', OUR_BUG, 'bad multipart body; report it'),
  614: advice(
    'The subscription cannot be reached; usually for a short time.',
    `${WAIT_AND_REDRIVE} If it stays, check that the endpoint is of a living instance.`,
    'subscription unreachable; redrive later',
  ),
  615: advice(
    'More than 10 calls ran at once.',
    'Somebody else uses the same slots: lower MARKETO_SHARE, then redrive.',
    'concurrency limit; lower MARKETO_SHARE',
  ),
  616: advice(
    'The subscription does not include this call.',
    'Ask Adobe whether it can be enabled; until then discard, and stop enqueuing it.',
    'not in the subscription; discard',
  ),
  701: advice(
    'A required field is empty.',
    `The message names it. ${FIX_AND_EDIT}`,
    'required field empty; edit and redrive',
  ),
  702: advice(
    'Marketo found nothing for this request.',
    'Check keys and names in params. Create what is missing and redrive, or discard.',
    'nothing found; create it or discard',
  ),
  703: advice(
    'The feature is not enabled for the subscription.',
    'Ask Adobe whether it can be enabled; until then discard.',
    'feature not enabled; discard',
  ),
  704: advice(
    'A date is not valid.',
    `Write dates as 2026-11-22T10:00:00Z. ${FIX_AND_EDIT}`,
    'bad date; edit and redrive',
  ),
  709: advice(
    'A business rule of Marketo forbids it.',
    'The message says which. Change the asset in Marketo or the job, then redrive.',
    'forbidden by a rule; read the message',
  ),
  710: advice(
    'The parent folder does not exist.',
    'Create it in Marketo, or name another with --edit; then redrive.',
    'folder not found; create it',
  ),
  711: advice(
    'The folder is not of the type this needs.',
    FIX_AND_EDIT,
    'wrong folder type; edit and redrive',
  ),
  712: advice(
    'The programs are not compatible with what was asked.',
    FIX_AND_EDIT,
    'incompatible; edit and redrive',
  ),
  713: advice("A transient error, in Marketo's own words.", WAIT_AND_REDRIVE, 'transient; redrive later'),
  714: advice(
    'Marketo cannot find a default record type for it.',
    'Name one in the job with --edit, then redrive.',
    'no default type; edit and redrive',
  ),
  718: advice(
    'The asset was not found.',
    'Create it in Marketo, or name another with --edit; then redrive.',
    'asset not found; create it',
  ),
  719: advice(
    'Marketo waited too long for a lock (somebody else changes the same program).',
    WAIT_AND_REDRIVE,
    'lock timeout; redrive later',
  ),
  1001: advice(
    'A value is not of the type of its field.',
    `The message names field and value. ${FIX_AND_EDIT}`,
    'wrong type of value; edit and redrive',
  ),
  1002: advice(
    'A required value is missing.',
    `The message names it. ${FIX_AND_EDIT}`,
    'required value missing; edit and redrive',
  ),
  1003: advice(
    'A value or a combination of values is not valid.',
    `The message says which. ${FIX_AND_EDIT}`,
    'invalid value; edit and redrive',
  ),
  1004: advice(
    'Marketo has no such lead.',
    `It may have been merged, deleted, or not been synced yet. Sync it first, ${REDRIVE}; or discard if it is gone.`,
    'lead not in Marketo; sync it first or discard',
  ),
  1005: advice(
    'The lead exists already, and the job asked to create it only.',
    'Discard, or edit the job to update it and redrive.',
    'lead exists; discard or update',
  ),
  1006: advice(
    'A field is not one of the instance.',
    'Compare with describeMObject LeadRecord (REST: leads/describe). Create the field and redrive, or edit its name and redrive.',
    'unknown field; compare with describe',
  ),
  1007: advice(
    'Several leads match the key.',
    'Merge the duplicates in Marketo, or use the Id as key with --edit; then redrive.',
    'several leads match; merge them or use the Id',
  ),
  1008: advice(
    'The API user may not write to this partition.',
    'Give its role the workspace and partition in Marketo, then redrive.',
    'partition denied; check the role',
  ),
  1009: advice(
    'The name of the partition must be given.',
    FIX_AND_EDIT,
    'partition missing; edit and redrive',
  ),
  1010: advice(
    'The partition does not allow this update.',
    'The lead lives in another partition: name that one with --edit, or move the lead; then redrive.',
    'other partition; edit and redrive',
  ),
  1011: advice(
    'The field cannot be used as key for looking leads up.',
    'Use email, id or a custom field marked as searchable; edit, then redrive.',
    'field is no key; use email or id',
  ),
  1012: advice(
    'The cookie value is not valid.',
    `Pass the whole value of _mkto_trk. ${FIX_AND_EDIT}`,
    'bad cookie; pass all of _mkto_trk',
  ),
  1013: advice(
    'The object was not found.',
    `Create it first, ${REDRIVE}; or discard if it is gone.`,
    'object not found; create it or discard',
  ),
  1014: advice(
    'Marketo could not create the object.',
    'The message may say why. Look whether it exists by now, then redrive or discard.',
    'not created; look, then redrive',
  ),
  1015: advice(
    'The lead is not a member of the list.',
    'Nothing was left to remove: discard.',
    'not in the list; discard',
  ),
  1016: advice(
    'Too many imports are waiting (2 run, 10 queue).',
    'Redrive when the running ones have ended.',
    'too many imports; redrive later',
  ),
  1017: advice(
    'The object exists already.',
    'Discard, or edit the job to update it and redrive.',
    'exists already; discard or update',
  ),
  1018: advice(
    'The native CRM sync owns these objects: the API only reads them.',
    'Write the object in the CRM and discard; stop enqueuing it.',
    'CRM owns it; write there, discard',
  ),
  1019: advice(
    'An import into this list is running.',
    'Redrive when it has ended (getImportToListStatus).',
    'import running; redrive later',
  ),
  1020: advice(
    "Today's clones of programs are spent.",
    'Redrive tomorrow after midnight Central, or drop cloneToProgramName with --edit.',
    'clone limit; redrive tomorrow',
  ),
  1021: advice(
    'This company cannot be updated by the API.',
    'The CRM owns it: write it there and discard.',
    'company is read-only; discard',
  ),
  1022: advice('The object is in use.', 'Redrive when what uses it has ended.', 'in use; redrive later'),
  1025: advice(
    'The program status does not exist in the channel.',
    'Compare with getChannels. Edit, then redrive.',
    'no such status; compare with getChannels',
  ),
  1026: advice(
    'Custom objects are not enabled for this instance.',
    'Have them enabled in Marketo and redrive, or discard.',
    'custom objects not enabled',
  ),
  1027: advice(
    'The limit on the number of such objects is reached.',
    'Delete what is not needed in Marketo, then redrive.',
    'limit of objects reached',
  ),
  1028: advice(
    'The limit on the number of such fields or objects is reached.',
    'Delete what is not needed in Marketo, then redrive.',
    'limit reached',
  ),
  1029: advice(
    'The bulk extract queue or its daily quota is full.',
    'Redrive when jobs have ended; for the quota after midnight Central.',
    'bulk queue or quota full; redrive later',
  ),
  1035: advice(
    'The filter is not supported by the subscription.',
    'Use another filter with --edit, then redrive.',
    'filter not supported; edit and redrive',
  ),
  1036: advice(
    'The same object stands twice in one request.',
    `Keep one of the two. ${FIX_AND_EDIT}`,
    'duplicate in the job; edit and redrive',
  ),
  1037: advice(
    'The member is past this status already.',
    'Statuses of a program only move forward: discard.',
    'past this status already; discard',
  ),
  1042: advice(
    'The time to run is not valid.',
    'Choose one between five minutes and two years from now with --edit, then redrive.',
    'bad time to run; edit and redrive',
  ),
  1048: advice(
    'The asset is in a state that does not allow this.',
    'Approve it or discard its draft in Marketo, then redrive.',
    'asset not in the right state',
  ),
  1049: advice(
    'A property of the asset is not valid.',
    `The message names it. ${FIX_AND_EDIT}`,
    'bad property; edit and redrive',
  ),
  1076: advice(
    'These leads cannot be merged in the CRM.',
    'Drop mergeInSales with --edit, or merge them in the CRM; then redrive.',
    'merge refused; merge in the CRM',
  ),
  1077: advice(
    'The merge failed because of a value in one of the leads.',
    'Look at both leads with getLead, correct the value, then redrive.',
    'merge failed; look at both leads',
  ),
  1078: advice(
    'The merge failed: one of the leads cannot take part.',
    'Look at both leads with getLead (a CRM type, a partition), then redrive or discard.',
    'merge failed; look at both leads',
  ),
  1079: advice(
    'The merge failed because a field exists twice or conflicts.',
    'Look at both leads with getLead, correct the field, then redrive.',
    'merge failed; look at both leads',
  ),
  1080: advice(
    'More than 25 leads were to be merged at once.',
    'Split the job into merges of at most 25.',
    'over 25 leads; split it',
  ),
};
