import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { tableDefinition } from '../../shared/aws/dynamo-table.ts';

/** What the requests of a client came to; by what they were about: `job`, `letter`, `budget`, `body` … */
export interface Bill {
  readonly writeUnits: number;
  /** Of every kind, reads and refused writes too. */
  readonly requests: number;
  readonly unitsOf: Readonly<Record<string, number>>;
}

type Item = Readonly<Record<string, AttributeValue>>;

/**
 * Counts what DynamoDB would bill for the writes of a client, from the requests and the items themselves: the embedded server
 * bills otherwise. The rules are those of AWS's developer guide, "DynamoDB on-demand capacity mode" and "Using Global Secondary
 * Indexes", section "Write capacity units":
 *
 * - a write unit is one write of an item of up to 1 KB, rounded up; of a put over another item the larger of the two counts;
 * - an index costs nothing where the item has none of its keys, neither before nor after;
 * - one write where the item enters it, or leaves it; two where a key changes, for the old entry goes and a new one comes;
 * - one write where a carried attribute changes and no key does; nothing where neither does;
 * - a conditional write that is refused costs as much as the item in its way, and one unit where there is none.
 *
 * An item's size is that of its names and values (same guide, "DynamoDB item sizes and formats").
 */
export function countUnits(client: DynamoDBClient): { readonly take: () => Bill; readonly stop: () => void } {
  const items = new Map<string, Item>();
  const unitsOf = new Map<string, number>();
  let requests = 0;
  const charge = (pk: string, units: number): void => {
    const kind = pk.split('#')[0] ?? '';
    unitsOf.set(kind, (unitsOf.get(kind) ?? 0) + units);
  };
  // What is done for a request is put together once: what has been asked of this client before would not be counted.
  client.config.cacheMiddleware = false;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        requests += 1;
        const written = writeOf(commandName, args.input);
        if (written === null) return next(args);
        const { id, pk, item } = written;
        const before = items.get(id) ?? null;
        try {
          const answer = await next(args);
          if (item === null) items.delete(id);
          else items.set(id, item);
          charge(pk, unitsFor(before, item));
          return answer;
        } catch (error) {
          if (error instanceof Error && error.name === 'ConditionalCheckFailedException')
            charge(pk, kilobytes(before ?? {}));
          throw error;
        }
      },
    { step: 'initialize', name: NAME },
  );
  return {
    take() {
      const bill = {
        writeUnits: [...unitsOf.values()].reduce((all, units) => all + units, 0),
        requests,
        unitsOf: Object.fromEntries(unitsOf),
      };
      unitsOf.clear();
      requests = 0;
      return bill;
    },
    stop: () => void client.middlewareStack.remove(NAME),
  };
}

const NAME = 'countUnits';

interface Write {
  readonly id: string;
  readonly pk: string;
  /** Null: deleted. */
  readonly item: Item | null;
}

function writeOf(commandName: string | undefined, input: object): Write | null {
  if (commandName === 'PutItemCommand' && 'Item' in input) {
    const item = input.Item as Item;
    return { ...keyOf(item), item };
  }
  if (commandName === 'DeleteItemCommand' && 'Key' in input)
    return { ...keyOf(input.Key as Item), item: null };
  if (commandName?.startsWith('Update') || commandName?.includes('Write'))
    throw new Error(`nobody has said yet what a ${commandName} costs`);
  return null;
}

const keyOf = (item: Item): { readonly id: string; readonly pk: string } => {
  const pk = item['pk']?.S ?? '';
  return { pk, id: `${pk} ${item['sk']?.S}` };
};

function unitsFor(before: Item | null, after: Item | null): number {
  const base = Math.max(kilobytes(before ?? {}), kilobytes(after ?? {}));
  return INDEXES.reduce((units, index) => units + indexUnits(index, before, after), base);
}

interface Index {
  readonly keys: readonly string[];
  readonly carried: readonly string[];
}

const INDEXES: readonly Index[] = (tableDefinition('').GlobalSecondaryIndexes ?? []).map(
  ({ KeySchema, Projection }) => ({
    keys: (KeySchema ?? []).map(({ AttributeName }) => AttributeName ?? ''),
    carried: ['pk', 'sk', ...(Projection?.NonKeyAttributes ?? [])],
  }),
);

function indexUnits(index: Index, before: Item | null, after: Item | null): number {
  const [old, fresh] = [entryOf(index, before), entryOf(index, after)];
  if (old === null || fresh === null)
    return (old === null ? 0 : kilobytes(old)) + (fresh === null ? 0 : kilobytes(fresh));
  if (textOf(old, index.keys) !== textOf(fresh, index.keys)) return kilobytes(old) + kilobytes(fresh);
  if (textOf(old, index.carried) === textOf(fresh, index.carried)) return 0;
  return Math.max(kilobytes(old), kilobytes(fresh));
}

function entryOf({ keys, carried }: Index, item: Item | null): Item | null {
  if (item === null || keys.some((name) => item[name] === undefined)) return null;
  const names = [...keys, ...carried].filter((name) => item[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, item[name] ?? { NULL: true }]));
}

const textOf = (item: Item, names: readonly string[]): string =>
  JSON.stringify(names.map((name) => item[name]));

/** At least one: what does not exist is billed as if it did. */
const kilobytes = (item: Item): number => Math.max(1, Math.ceil(itemBytes(item) / 1024));

export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce(
    (bytes, [name, value]) => bytes + Buffer.byteLength(name) + valueBytes(value),
    0,
  );

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  // Two digits a byte, and one for the sign and the exponent.
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  return 1;
}
