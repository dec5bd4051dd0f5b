import type { AwsClients } from '../shared/aws/clients.ts';
import { dynamoArchive } from '../shared/aws/dynamo-archive.ts';
import { dynamoBodies } from '../shared/aws/dynamo-bodies.ts';
import { dynamoBudgetStore } from '../shared/aws/dynamo-budget-store.ts';
import { dynamoCancellations } from '../shared/aws/dynamo-cancellations.ts';
import { dynamoChunks } from '../shared/aws/dynamo-chunks.ts';
import { dynamoLedger } from '../shared/aws/dynamo-ledger.ts';
import { holdsInForce } from '../shared/budget/holds.ts';
import { systemClock, systemSleep } from '../shared/kernel/clock.ts';
import { systemRandom } from '../shared/kernel/random.ts';
import { watchCancellations } from '../shared/ledger/cancellations.ts';
import { rowsTogether } from '../shared/operate/rows-together.ts';

/** What a sender writes to a stack's table, and reads of it. */
export function tablePorts(clients: Pick<AwsClients, 'dynamodb'>, table: string, account: string) {
  const at = { client: clients.dynamodb, table };
  const ledger = dynamoLedger(at);
  const budgetStore = dynamoBudgetStore(at, account);
  return {
    ledger,
    chunks: dynamoChunks(at),
    archive: dynamoArchive(at),
    bodies: dynamoBodies(at),
    isCancelled: watchCancellations(dynamoCancellations(at), systemClock),
    rowOf: rowsTogether(ledger, systemSleep),
    obstacles: async () => {
      // Why a job waits is worth knowing and no part of the answer: a sender may have no right to the account's item.
      const state = await budgetStore.get().catch(() => null);
      return { holds: state === null ? [] : holdsInForce(state, systemClock()), narrowings: [] };
    },
    clock: systemClock,
    sleep: systemSleep,
    random: systemRandom,
  };
}
