import { isObject } from '../../../kernel/is-object.ts';
import { refused } from '../call/call-ended.ts';
import { nameFindings, refusal } from '../call/findings.ts';
import { type Done, done, type Mapping } from '../call/mapping.ts';
import { codeOf, type RestReply } from '../call/read-reply.ts';
import type { Session } from '../call/session.ts';
import type { ImportBatch } from '../directory/directory.ts';
import { type ImportState, stateOf } from './import-state.ts';

/**
 * How far the last import into a list is. REST wants the number of its batch, so only imports of this queue are known, for the
 * seven days for which Marketo knows them too.
 */
export const getImportToListStatus: Mapping<'getImportToListStatus'> = {
  check: ({ programName, listName }) =>
    programName === undefined || listName === undefined
      ? [refusal('over REST a status is asked for by programName and listName; give both')]
      : nameFindings({ programName, listName }),

  async run({ programName = '', listName = '' }, session) {
    const batch = await session.directory.importBatch(programName.trim(), listName.trim());
    if (batch === null)
      throw refused(1013, 'no import into this list was sent from here within the last seven days');
    return batch.kind === 'counts' ? ofCounts(batch) : ofBatch(session, batch.batchId);
  },
};

const ofCounts = ({ imported, failed }: ImportBatch & { readonly kind: 'counts' }): Done =>
  statusOf('COMPLETE', imported, failed, `${imported} imported, ${failed} failed`);

async function ofBatch(session: Session, batchId: number): Promise<Done> {
  const { result } = await session.ask({
    endpoint: 'importStatus',
    path: { id: batchId },
    isReply: (reply) => problemOf(reply, batchId),
  });
  const row = isObject(result[0]) ? result[0] : {};
  const { message } = row;
  return statusOf(
    stateOf(row) ?? 'PROCESSING',
    codeOf(row['numOfLeadsProcessed']),
    codeOf(row['numOfRowsFailed']),
    typeof message === 'string' && message !== '' ? message : null,
  );
}

function problemOf({ result }: RestReply, batchId: number): string | null {
  const [row] = result;
  if (stateOf(row) === null) return 'it says no state that is known';
  const answered = isObject(row) ? codeOf(row['batchId']) : null;
  return answered === null || answered === batchId ? null : `it is about batch ${answered}`;
}

/** Null: REST says nothing of it. */
function statusOf(
  status: ImportState,
  rowsImported: number | null,
  rowsFailed: number | null,
  importSummary: string | null,
): Done {
  const times = { startedTime: null, endedTime: null, estimatedTime: null, estimatedRows: null };
  const result = { status, ...times, rowsImported, rowsFailed, rowsIgnored: null, importSummary };
  return done({ result }, { result });
}
