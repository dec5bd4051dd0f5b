import db, { type ItemStore, type Store, type Table, type WriteStep } from 'dynalite/db/index.js';

/**
 * Makes dynalite 4 write an item and its index entries in one LevelDB batch.
 *
 * It deletes old index entries, puts new ones, and then the item, each on its own: a process killed in between leaves a
 * row that no index finds (a parked job would wait for ever) or an entry without its row. DynamoDB never shows either.
 * Here the index steps are only remembered, and leave together with the item's own write, which always follows them
 * under the item's lock.
 */
export function writeItemsWhole(): void {
  db.updateIndexes = (store, table, existing, item, done) => {
    const steps = [
      ...indexSteps(table, 'global', table.GlobalSecondaryIndexes ?? [], existing, item),
      ...indexSteps(table, 'local', table.LocalSecondaryIndexes ?? [], existing, item),
    ];
    const items = joined(store, table.TableName);
    items.pending.set(db.createKey(item ?? existing, table), steps);
    done();
  };
}

interface JoinedItems {
  /** By item key: the index steps that its next write takes along. The item's lock allows one at a time. */
  readonly pending: Map<string, readonly WriteStep[]>;
}

const joinedStores = new WeakMap<ItemStore, JoinedItems>();

/** Replaces put and del of the table's items, once. */
function joined(store: Store, table: string): JoinedItems {
  const items = store.getItemDb(table);
  const already = joinedStores.get(items);
  if (already !== undefined) return already;
  const pending = new Map<string, readonly WriteStep[]>();
  const take = (key: string): readonly WriteStep[] => {
    const steps = pending.get(key) ?? [];
    pending.delete(key);
    return steps;
  };
  const full = (key: string): string => `item-${table}~${key}`;
  items.put = (key, value, done) =>
    store.db.batch([...take(key), { type: 'put', key: full(key), value }], done);
  items.del = (key, done) => store.db.batch([...take(key), { type: 'del', key: full(key) }], done);
  joinedStores.set(items, { pending });
  return { pending };
}

function indexSteps(
  table: Table,
  kind: 'global' | 'local',
  indexes: readonly unknown[],
  existing: unknown,
  item: unknown,
): WriteStep[] {
  const actions = db.getIndexActions(indexes, existing, item, table);
  const full = (index: string, key: string): string => `index-${kind}~${table.TableName}~${index}~${key}`;
  return [
    ...actions.deletes.map(({ index, key }): WriteStep => ({ type: 'del', key: full(index, key) })),
    ...actions.puts.map(
      ({ index, key, item: value }): WriteStep => ({
        type: 'put',
        key: full(index, key),
        value,
      }),
    ),
  ];
}
