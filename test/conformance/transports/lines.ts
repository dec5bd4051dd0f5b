import { textOf } from '../../support/documents.ts';
import type { Difference } from './compare.ts';
import { codesIn } from './document.ts';

/** What a line of docs/rest.md allows: a path, and what stands there over each, as JSON. */
interface Allowed {
  readonly path: RegExp;
  readonly soap?: RegExp;
  readonly rest?: RegExp;
  readonly test?: (difference: Difference) => boolean;
}

/** A job that SOAP runs, or fails otherwise, and that REST ends with this code and in words like these. */
const refused = (rest: RegExp, soap = /^"completed/): Allowed => ({ path: /^class$/, soap, rest });

const CODES = codesIn(textOf('docs/rest.md'));

const isSameCode = ({ soap, rest }: Difference): boolean =>
  typeof soap === 'number' && typeof rest === 'number' && CODES.get(soap)?.includes(rest) === true;

const isSameInstant = ({ soap, rest }: Difference): boolean =>
  typeof soap === 'string' && typeof rest === 'string' && Date.parse(soap) === Date.parse(rest);

const at = (path: RegExp, soap?: RegExp, rest?: RegExp): Allowed => ({
  path,
  ...(soap === undefined ? {} : { soap }),
  ...(rest === undefined ? {} : { rest }),
});

const ABSENT = /^"absent"$/;
const FAILED = /^"record-failed/;

/** By the line's name. */
export const DIFFERENCES: Readonly<Record<string, readonly Allowed[]>> = {
  codes: [{ path: /^code$/, test: isSameCode }],
  'record-code': [at(/^code$/, /^null$/, /^\d+$/), refused(/^"[\w-]+ (\d+): \1 - /, FAILED)],
  'error-words': [at(/\.error$/, /^"/, /^"\d+ - /)],
  'decided-alone': [refused(/nothing was sent"$/, FAILED)],
  comma: [refused(/ 1003: the key holds a comma/)],
  'owner-email': [refused(/ 1003: .*LEADOWNEREMAIL/)],
  'keys-alone': [refused(/ 1003: /)],
  position: [
    at(/\.newStreamPosition$/, /^"b3M/, /^"(r1\.[\w-]+)?"$/),
    at(/\.newStartPosition\.offset$/, /^"b3M/, /^"r1\.[\w-]+"$/),
  ],
  'position-of-soap': [refused(/ 1003: .*position/)],
  remaining: [at(/\.remainingCount$/, /^([2-9]|\d\d+)$/, /^1$/)],
  dates: [{ path: /(At|DateTime)$/, test: isSameInstant }],

  'lead-attributes': [
    at(/\{(DoNotCall|Unsubscribed)\}$/, ABSENT, /"attrValue":"false"/),
    at(/\{Lead Partition ID\}$/, ABSENT),
    at(/\.leadAttributeList$/, ABSENT, /DoNotCall.*"false".*Lead Partition ID.*Unsubscribed.*"false"/),
  ],
  'lead-attribute-type': [at(/leadAttributeList\.attribute\{.*\}\.attrType$/, /^"string"$/, /^"[a-z]+"$/)],
  'lead-foreign-id': [at(/\.ForeignSys(PersonId|Type)$/, undefined, ABSENT)],
  'last-update': [refused(/ 1003: .*last update/)],
  duplicate: [refused(/ 1007: .*leads \d+, \d+ match/)],
  'foreign-id': [refused(/ 1003: .*MARKETO_FOREIGN_ID_FIELD/)],
  workspace: [refused(/ 1009: .*MARKETO_PARTITIONS/)],
  partition: [refused(/ 1010: /)],
  'company-fields': [at(/\{Company\}$/, undefined, ABSENT)],
  'email-change': [refused(/ 1003: /)],
  'attribute-id': [at(/^code$/, /^20105$/, /^1003$/)],
  'written-values': [at(/\{DoNotCall\}\.attrValue$/, /^"1"$/, /^"true"$/)],
  'cookie-refused': [refused(/ 1012: .*has been written/)],
  'cookie-of-several': [refused(/ 1007: .*this cookie/)],
  'cookie-email': [refused(/ 1005: /)],
  'merge-most': [refused(/ 1080: /)],
  'merge-with-itself': [refused(/ 1003: two keys are of the same lead/, FAILED)],
  'merge-duplicate': [refused(/ 1007: .*several leads/)],

  'list-key-type': [refused(/ 1003: .*MKTOSALESUSERID/, /^"not-found 20111/)],
  'list-duplicate': [refused(/^"record-failed 1007: /)],
  'member-duplicate': [refused(/^"record-failed 1007: /)],
  'remove-no-member': [refused(/^"completed/, FAILED)],
  'strict-member': [refused(/^"completed/, / 20110: .*not a member/)],
  'import-column': [refused(/ 1006: .*Nonsense/)],
  'import-key': [refused(/ 1003: .*neither the e-mail address nor the id/)],
  'import-row': [refused(/ 1003: row 1/)],
  'import-list': [refused(/ 1013: no list/)],
  'import-clear': [refused(/ 1003: .*clear/)],
  'import-tokens': [refused(/ 1003: .*token/)],
  'import-list-only': [at(/\.importStatus$/, /^"PROCESSING"$/, /^"COMPLETE"$/)],
  'import-busy': [refused(/^"transient 1019/)],
  'import-known': [refused(/ 1013: .*seven days/), refused(/ 1003: .*give both/)],
  'import-status': [
    at(/\.(startedTime|endedTime|rowsIgnored)$/, undefined, ABSENT),
    at(/\.importSummary$/, /^"/),
  ],

  'source-sales': [refused(/ 1003: .*SALES/)],
  'campaign-duplicate': [refused(/ 1007: .*nobody was triggered/)],
  'campaign-kind': [refused(/ 1003: .*(batch|trigger) campaign/)],
  'campaign-tokens': [refused(/ 1003: .*101 tokens/)],
  clones: [refused(/^"completed/, / 20110: .*cloned 10 times/)],
  'campaign-case': [at(/\.returnCount$/, /^0$/, /^1$/), at(/\.campaignRecordList$/, ABSENT, /Welcome/)],

  'describe-activity': [refused(/ 1003: .*ActivityRecord/)],
  'describe-fields': [
    at(/\.field\{(Id|PersonId|OpportunityId|CompanyId)\}$/, undefined, ABSENT),
    at(/\.field\{(MarketoGUID|CreatedAt|UpdatedAt|ExternalOpportunityId|PersonId)\}$/, ABSENT),
    at(/\.field\.order$/),
  ],
  'describe-words': [
    at(/\.metadata\.(description|updatedAt)$/, undefined, ABSENT),
    at(/\.field\{.*\}\.(description|sourceObject|isName|updatedAt)$/, undefined, ABSENT),
    at(/\.field\{.*\}\.(displayName|dataType|size)$/),
    at(/\.field\{.*\}\.(isReadonly|isUpdateBlocked)$/, /^false$/, /^true$/),
    at(/\.field\{.*\}\.isCustom$/, /^true$/, /^false$/),
  ],
  'mobject-id': [
    at(/\.(mObjStatus\[\d+\]|mObject\[\d+\])\.id$/, /^\d+$/, ABSENT),
    at(/^records\[\d+\]\.result\.id$/, /^\d+$/, ABSENT),
  ],
  'mobject-by-id': [refused(/ 1003: .*integer ids/)],
  'opportunity-key': [refused(/ 1003: .*externalOpportunityId/)],
  'role-key': [refused(/ 1003: .*Role is missing/)],
  'opportunity-company': [refused(/ 1003: .*links an opportunity to nothing/, FAILED)],
  'insert-again': [at(/\.status$/, /^"CREATED"$/, /^"SKIPPED"$/), at(/\.error$/, ABSENT, /^"10(05|17) - /)],
  'opportunity-name': [refused(/ 1003: .*name/)],
  'get-filter': [refused(/ 1003: /)],
  'get-by-lead': [at(/\.returnCount$/, /^0$/, /^1$/), at(/\.mObjectList$/, ABSENT, /"O1"/)],
  'mobject-attributes': [at(/attribList\.attrib\{(MarketoGUID|ExternalOpportunityId|PersonId)\}$/, ABSENT)],
  'mobject-details': [at(/\.(attribList|typeAttribList)$/, ABSENT)],
  'role-links': [
    at(/\.mObjAssociation\[\d+\]\.id$/, /^\d+$/, ABSENT),
    at(/\.mObjAssociation\[\d+\]\.externalKey$/, ABSENT, /"O1"/),
  ],
  'program-filter': [refused(/ 1003: /)],
  'program-details': [refused(/ 1003: .*tags and costs only of a program/)],
  'program-attributes': [
    at(/attrib\{(Type|Workspace Name)\}$/, ABSENT),
    at(/attrib\{Channel\}$/, undefined, ABSENT),
  ],
  'program-cost': [refused(/ 1003: /)],
  'program-channel': [refused(/ 1003: .*[Cc]hannel/)],

  'custom-type': [refused(/^"not-found 1013: /, /^"invalid-request 20110/)],
  'custom-get-key': [refused(/ 1003: /)],
  'custom-include': [refused(/ 1006: .*nosuch/)],

  'activity-start': [at(/\.newStartPosition\.oldestCreatedAt$/, ABSENT)],
  'activity-page': [
    at(/\.returnCount$/),
    at(/\.remainingCount$/, /^0$/, /^1$/),
    at(/RecordList\.\w+\.length$/),
  ],
  'activity-end': [refused(/^"completed/, /^"end-of-stream 20123/)],
  'activity-type': [refused(/ 1003: .*Wait/)],
  'activity-attributes': [
    at(/activityAttributes\.attribute\{.*\}\.attrType$/, /^"string"$/, ABSENT),
    at(/activityAttributes\.attribute\{.*\}$/, ABSENT),
    at(/activityAttributes\.attribute\.order$/),
  ],
  'activity-campaign': [at(/\.campaign$/, ABSENT, /^"/)],
  'activity-nobody': [refused(/^"completed/, / 20103: /)],
  'activity-duplicate': [refused(/ 1007: /)],

  'channel-type': [at(/progressionStatusItem\{.*\}\.type$/, /^"/, ABSENT)],
  'tags-channel': [at(/\.tagList\.tag\.length$/, /^2$/, /^1$/)],
  'tags-most': [refused(/ 1003: /)],
};

/** Lines that tell of any job. */
export const EVERYWHERE: readonly string[] = [
  'codes',
  'record-code',
  'error-words',
  'position',
  'dates',
  'lead-attributes',
  'lead-attribute-type',
  'mobject-id',
  'mobject-attributes',
];

/** The first of the lines that tells of the difference, with its place among what that line allows; null: none does. */
export function lineOf(
  difference: Difference,
  names: readonly string[],
): { readonly name: string; readonly place: number } | null {
  for (const name of names) {
    const place = (DIFFERENCES[name] ?? []).findIndex((allowed) => allows(allowed, difference));
    if (place >= 0) return { name, place };
  }
  return null;
}

function allows({ path, soap, rest, test }: Allowed, difference: Difference): boolean {
  return (
    path.test(difference.path) &&
    (soap?.test(JSON.stringify(difference.soap)) ?? true) &&
    (rest?.test(JSON.stringify(difference.rest)) ?? true) &&
    (test?.(difference) ?? true)
  );
}
