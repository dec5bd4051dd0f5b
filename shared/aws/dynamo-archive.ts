import { DEFAULT_RETENTION_MS } from '../config/limits.ts';
import { TABLE } from '../config/names.ts';
import type { Archive, LetterPlace, OnUnreadableLetter } from '../deadletter/archive.ts';
import {
  LETTER_STATUSES,
  type LetterHead,
  type LetterStatus,
  type LetterSummary,
  tagOf,
  unreadableSummary,
} from '../deadletter/letter.ts';
import { mergeSorted } from '../kernel/merge-sorted.ts';
import { LETTER_SCHEMA } from './document-schema.ts';
import {
  type DocumentKind,
  type DynamoTable,
  decodeDocument,
  dynamoDocuments,
  expiry,
  type Item,
} from './dynamo-document.ts';
import { readItems, readRange } from './dynamo-query.ts';
import { ATTRIBUTE, allShards, letterIdOfKey, letterKey, shardOf, timeKey } from './dynamo-table.ts';

/** A list is mostly read for its newest page; whoever wants all gets pages of 1 MB after it. */
const FIRST_PAGE = 50;

/** Dead letters in DynamoDB: one item per letter, its summary as one column of the index by status. */
export function dynamoArchive(at: DynamoTable, retentionMs: number = DEFAULT_RETENTION_MS): Archive {
  return {
    ...dynamoDocuments(at, letterKind(retentionMs)),
    getAll: (letterIds, onUnreadable) => lettersById(at, letterIds, onUnreadable),
    summaries: (statuses, after) => summaries(at, statuses, after),
  };
}

async function lettersById(
  at: DynamoTable,
  letterIds: readonly string[],
  onUnreadable: OnUnreadableLetter,
): Promise<readonly LetterHead[]> {
  // BatchGetItem refuses a key that is named twice.
  const items = await readItems(at, [...new Set(letterIds)].map(letterKey));
  return items.flatMap((item) => {
    try {
      return [decodeDocument(LETTER_SCHEMA, item)];
    } catch (error) {
      onUnreadable(letterIdOfKey(item['pk']?.S ?? '?'), error);
      return [];
    }
  });
}

function summaries(
  at: DynamoTable,
  statuses: readonly LetterStatus[],
  after: LetterPlace | undefined,
): AsyncIterable<LetterSummary> {
  const partitions = [...new Set(statuses)].flatMap((status) => allShards(status));
  return mergeSorted(
    partitions.map((partition) => readSummaries(at, partition, after)),
    (a, b) => b.deadLetteredAt - a.deadLetteredAt || (a.letterId < b.letterId ? 1 : -1),
  );
}

async function* readSummaries(
  at: DynamoTable,
  partition: string,
  after: LetterPlace | undefined,
): AsyncGenerator<LetterSummary> {
  const index = TABLE.indexes.byStatus;
  for await (const item of readRange(at, {
    index,
    partition,
    newestFirst: true,
    ...(after === undefined ? {} : { before: placeKey(after) }),
    firstPage: FIRST_PAGE,
    only: [ATTRIBUTE.summary, index.partitionKey, index.sortKey],
  })) {
    yield summaryOf(item);
  }
}

/** A summary that is none must not end the list: what the keys of the index say is a line, too. */
function summaryOf(item: Item): LetterSummary {
  try {
    return decodeSummary(item[ATTRIBUTE.summary]?.S ?? '');
  } catch {
    const { partitionKey, sortKey } = TABLE.indexes.byStatus;
    const [status] = (item[partitionKey]?.S ?? '').split('#');
    const sort = item[sortKey]?.S ?? '';
    const at = sort.indexOf('#');
    return unreadableSummary({
      letterId: sort.slice(at + 1),
      deadLetteredAt: Number(sort.slice(0, at)),
      status: LETTER_STATUSES.find((one) => one === status) ?? 'open',
    });
  }
}

/** What the index and the expiry need of a letter. */
function letterAttributes(letter: LetterHead, retentionMs: number): Item {
  return {
    [ATTRIBUTE.kind]: { S: 'letter' },
    letterPk: { S: `${letter.status}#${shardOf(letter.letterId)}` },
    letterSk: { S: placeKey(letter) },
    [ATTRIBUTE.summary]: { S: encodeSummary(letter) },
    ...expiry(deleteAtOf(letter, retentionMs)),
  };
}

const placeKey = ({ deadLetteredAt, letterId }: LetterPlace): string =>
  `${timeKey(deadLetteredAt)}#${letterId}`;

/** An open letter never expires, nor does one that is on its way back: both wait for somebody. */
const deleteAtOf = ({ status, closing }: LetterHead, retentionMs: number): number | null =>
  (status === 'redriven' || status === 'discarded') && closing !== null ? closing.at + retentionMs : null;

const letterKind = (retentionMs: number): DocumentKind<LetterHead> => ({
  schema: LETTER_SCHEMA,
  keyOf: letterKey,
  attributes: (letter) => letterAttributes(letter, retentionMs),
});

/** Exported for the bench, which writes letters in bulk. */
export const LETTER_KIND = letterKind(DEFAULT_RETENTION_MS);

/** Without the names of the columns, which would be half of what a list of 100,000 letters has to read. */
type Columns = readonly [
  letterId: LetterSummary['letterId'],
  jobId: LetterSummary['jobId'],
  epoch: LetterSummary['epoch'],
  operation: LetterSummary['operation'],
  class_: LetterSummary['class'],
  code: LetterSummary['code'],
  message: LetterSummary['message'],
  cause: LetterSummary['cause'],
  deadLetteredAt: LetterSummary['deadLetteredAt'],
  status: LetterSummary['status'],
  /** Not in the letters of earlier versions, as what follows. */
  batchTag?: string | null,
  keyTag?: string | null,
];

function encodeSummary(letter: LetterHead): string {
  const columns: Columns = [
    letter.letterId,
    letter.jobId,
    letter.epoch,
    letter.operation,
    letter.class,
    letter.code,
    letter.message,
    letter.cause,
    letter.deadLetteredAt,
    letter.status,
    tagOf(letter.batch),
    tagOf(letter.orderingKey),
  ];
  return JSON.stringify(columns);
}

function decodeSummary(text: string): LetterSummary {
  const columns = JSON.parse(text) as Columns;
  const [letterId, jobId, epoch, operation, class_, code, message, cause, deadLetteredAt, status, ...later] =
    columns;
  const [batchTag, keyTag] = later;
  return {
    letterId,
    jobId,
    epoch,
    operation,
    class: class_,
    code,
    message,
    cause,
    deadLetteredAt,
    status,
    ...(batchTag === undefined ? {} : { batchTag }),
    ...(keyTag === undefined ? {} : { keyTag }),
  };
}
