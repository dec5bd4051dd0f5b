import { type Advice, advised, FIX_AND_EDIT, OUR_BUG, REDRIVE, WAIT_AND_REDRIVE } from './words.ts';

/** Adobe's tables of REST codes: whole requests (up to 719) and single records (from 1001). */
export const REST_ADVICE: Readonly<Record<number, Advice>> = {
  500: advised('Marketo failed inside, or the URL was badly formed.', WAIT_AND_REDRIVE),
  502: advised('A gateway of Marketo gave up waiting, most likely.', WAIT_AND_REDRIVE),
  601: advised(
    'The access token was not valid, even after renewal.',
    'Check that MARKETO_REST_ENDPOINT and MARKETO_IDENTITY_ENDPOINT are of the same instance, then redrive.',
  ),
  602: advised(
    'The access token had expired, even after renewal.',
    "Check the clock of the worker's machine, then redrive.",
  ),
  603: advised(
    'The API user may not make this call.',
    'Have a Marketo administrator give its role the permission that the operation needs (docs/moving-from-soap.md lists them), and check the IP allowlist; then redrive.',
  ),
  604: advised(
    'Marketo did not finish in its own time limit.',
    'Redrive; if it comes back, split the job into smaller ones.',
  ),
  605: advised('The HTTP method is not the one this call takes.', OUR_BUG),
  606: advised(
    'More than 100 calls in 20 seconds reached Marketo.',
    'Somebody else spends the same limit: lower MARKETO_SHARE, then redrive.',
  ),
  607: advised(
    "The subscription's calls of today are spent.",
    'Redrive after midnight Central. If it happens daily, have the quota raised.',
  ),
  608: advised('The API was temporarily unavailable.', WAIT_AND_REDRIVE),
  609: advised('The body was not valid JSON.', OUR_BUG),
  610: advised(
    'Marketo has nothing at this URL.',
    'Check MARKETO_REST_ENDPOINT (it ends in /rest) and that the object of the job exists under this name; then redrive.',
  ),
  611: advised(
    'An exception inside Marketo that nobody handled.',
    `${WAIT_AND_REDRIVE} If one job alone keeps failing, give its request and response to Adobe support.`,
  ),
  612: advised('The content type is not the one this call takes.', OUR_BUG),
  613: advised('The multipart body is not valid.', OUR_BUG),
  614: advised(
    'The subscription cannot be reached; usually for a short time.',
    `${WAIT_AND_REDRIVE} If it stays, check that the endpoint is of a living instance.`,
  ),
  615: advised(
    'More than 10 calls ran at once.',
    'Somebody else uses the same slots: lower MARKETO_SHARE, then redrive.',
  ),
  616: advised(
    'The subscription does not include this call.',
    'Ask Adobe whether it can be enabled; until then discard, and stop enqueuing it.',
  ),
  701: advised('A required field is empty.', `The message names it. ${FIX_AND_EDIT}`),
  702: advised(
    'Marketo found nothing for this request.',
    'Check keys and names in params. Create what is missing and redrive, or discard.',
  ),
  703: advised(
    'The feature is not enabled for the subscription.',
    'Ask Adobe whether it can be enabled; until then discard.',
  ),
  704: advised('A date is not valid.', `Write dates as 2026-11-22T10:00:00Z. ${FIX_AND_EDIT}`),
  709: advised(
    'A business rule of Marketo forbids it.',
    'The message says which. Change the asset in Marketo or the job, then redrive.',
  ),
  710: advised(
    'The parent folder does not exist.',
    'Create it in Marketo, or name another with --edit; then redrive.',
  ),
  711: advised('The folder is not of the type this needs.', FIX_AND_EDIT),
  712: advised('The programs are not compatible with what was asked.', FIX_AND_EDIT),
  713: advised("A transient error, in Marketo's own words.", WAIT_AND_REDRIVE),
  714: advised(
    'Marketo cannot find a default record type for it.',
    'Name one in the job with --edit, then redrive.',
  ),
  718: advised(
    'The asset was not found.',
    'Create it in Marketo, or name another with --edit; then redrive.',
  ),
  719: advised(
    'Marketo waited too long for a lock (somebody else changes the same program).',
    WAIT_AND_REDRIVE,
  ),
  1001: advised(
    'A value is not of the type of its field.',
    `The message names field and value. ${FIX_AND_EDIT}`,
  ),
  1002: advised('A required value is missing.', `The message names it. ${FIX_AND_EDIT}`),
  1003: advised(
    'A value or a combination of values is not valid.',
    `The message says which, and where REST has no such thing, what to use instead. ${FIX_AND_EDIT}`,
  ),
  1004: advised(
    'Marketo has no such lead.',
    `It may have been merged, deleted, or not been synced yet. Sync it first, ${REDRIVE}; or discard if it is gone.`,
  ),
  1005: advised(
    'The lead exists already, and the job asked to create it only.',
    'Discard, or edit the job to update it and redrive.',
  ),
  1006: advised(
    'A field is not one of the instance.',
    'Compare with describeMObject LeadRecord. Create the field and redrive, or edit its name and redrive. If mktq status says that the standard fields serve, let the role read leads first.',
  ),
  1007: advised(
    'Several leads match the key.',
    'Merge the duplicates in Marketo, or use the Id as key with --edit; then redrive. For the lead that was updated last, as SOAP took it, set MARKETO_ON_DUPLICATE=latest.',
  ),
  1008: advised(
    'The API user may not write to this partition.',
    'Give its role the workspace and partition in Marketo, then redrive.',
  ),
  1009: advised(
    'The name of the partition must be given.',
    'Give the workspace its partition in MARKETO_PARTITIONS and deploy, then redrive.',
  ),
  1010: advised(
    'The partition does not allow this update.',
    'The lead lives in another partition: name that one with --edit, or move the lead; then redrive.',
  ),
  1011: advised(
    'The field cannot be used as key for looking leads up.',
    'Use email, id or a custom field marked as searchable; edit, then redrive.',
  ),
  1012: advised('The cookie value is not valid.', `Pass the whole value of _mkto_trk. ${FIX_AND_EDIT}`),
  1013: advised('The object was not found.', `Create it first, ${REDRIVE}; or discard if it is gone.`),
  1014: advised(
    'Marketo could not create the object.',
    'The message may say why. Look whether it exists by now, then redrive or discard.',
  ),
  1015: advised('The lead is not a member of the list.', 'Nothing was left to remove: discard.'),
  1016: advised(
    'Too many imports are waiting (2 run, 10 queue).',
    'Redrive when the running ones have ended.',
  ),
  1017: advised('The object exists already.', 'Discard, or edit the job to update it and redrive.'),
  1018: advised(
    'The native CRM sync owns these objects: the API only reads them.',
    'Write the object in the CRM and discard; stop enqueuing it.',
  ),
  1019: advised('An import into this list is running.', 'Redrive when it has ended (getImportToListStatus).'),
  1020: advised(
    "Today's clones of programs are spent.",
    'Redrive tomorrow after midnight Central, or drop cloneToProgramName with --edit.',
  ),
  1021: advised(
    'This company cannot be updated by the API.',
    'The CRM owns it: write it there and discard. To write the rest of a lead, take the fields of its company out with --edit, then redrive.',
  ),
  1022: advised('The object is in use.', 'Redrive when what uses it has ended.'),
  1025: advised(
    'The program status does not exist in the channel.',
    'Compare with getChannels. Edit, then redrive.',
  ),
  1026: advised(
    'Custom objects are not enabled for this instance.',
    'Have them enabled in Marketo and redrive, or discard.',
  ),
  1027: advised(
    'The limit on the number of such objects is reached.',
    'Delete what is not needed in Marketo, then redrive.',
  ),
  1028: advised(
    'The limit on the number of such fields or objects is reached.',
    'Delete what is not needed in Marketo, then redrive.',
  ),
  1029: advised(
    'The bulk extract queue or its daily quota is full.',
    'Redrive when jobs have ended; for the quota after midnight Central.',
  ),
  1035: advised(
    'The filter is not supported by the subscription.',
    'Use another filter with --edit, then redrive.',
  ),
  1036: advised('The same object stands twice in one request.', `Keep one of the two. ${FIX_AND_EDIT}`),
  1037: advised(
    'The member is past this status already.',
    'Statuses of a program only move forward: discard.',
  ),
  1042: advised(
    'The time to run is not valid.',
    'Choose one between five minutes and two years from now with --edit, then redrive.',
  ),
  1048: advised(
    'The asset is in a state that does not allow this.',
    'Approve it or discard its draft in Marketo, then redrive.',
  ),
  1049: advised('A property of the asset is not valid.', `The message names it. ${FIX_AND_EDIT}`),
  1076: advised(
    'These leads cannot be merged in the CRM.',
    'Drop mergeInSales with --edit, or merge them in the CRM; then redrive.',
  ),
  1077: advised(
    'The merge failed because of a value in one of the leads.',
    'Look at both leads with getLead, correct the value, then redrive.',
  ),
  1078: advised(
    'The merge failed: one of the leads cannot take part.',
    'Look at both leads with getLead (a CRM type, a partition), then redrive or discard.',
  ),
  1079: advised(
    'The merge failed because a field exists twice or conflicts.',
    'Look at both leads with getLead, correct the field, then redrive.',
  ),
  1080: advised('More than 25 leads were to be merged at once.', 'Split the job into merges of at most 25.'),
};
