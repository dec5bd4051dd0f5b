import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { TABLE } from '../shared/config/names.ts';
import type { Clock } from '../shared/kernel/clock.ts';

/** A round of a large table takes some minutes: DynamoDB itself promises no more than days. */
const PAGE_ITEMS = 250;
const PAGES = 4;

export interface SweepPorts {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly table: string;
  readonly clock: Clock;
  /** Tests look at pages of their own size. */
  readonly pageItems?: number;
}

/** Looks at the next pages of the table; answers how many items went. */
export type Sweep = () => Promise<number>;

/**
 * Deletes what the time-to-live attribute says, as DynamoDB does and dynalite does not. It goes round the table in bounded
 * pages; where it stood is not remembered across a restart, so a round begins anew then.
 */
export function createSweep(ports: SweepPorts): Sweep {
  const { client, table, clock, pageItems = PAGE_ITEMS } = ports;
  let from: Record<string, AttributeValue> | undefined;

  const page = async (): Promise<number> => {
    const expired = {
      ExpressionAttributeNames: { '#ttl': TABLE.ttl },
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(clock() / 1_000)) } },
    };
    const { Items, LastEvaluatedKey } = await client.send(
      new ScanCommand({
        ...expired,
        TableName: table,
        FilterExpression: '#ttl < :now',
        ProjectionExpression: `${TABLE.partitionKey}, ${TABLE.sortKey}`,
        Limit: pageItems,
        ExclusiveStartKey: from,
      }),
    );
    from = LastEvaluatedKey;
    let gone = 0;
    for (const Key of Items ?? []) {
      // One that was written again meanwhile may have to stay.
      const asked = { ...expired, TableName: table, Key, ConditionExpression: '#ttl < :now' };
      if (await client.send(new DeleteItemCommand(asked)).then(() => true, stays)) gone += 1;
    }
    return gone;
  };

  return async () => {
    let gone = 0;
    for (let pages = 0; pages < PAGES; pages += 1) {
      gone += await page();
      if (from === undefined) break;
    }
    return gone;
  };
}

function stays(error: unknown): false {
  if (error instanceof ConditionalCheckFailedException) return false;
  throw error;
}
