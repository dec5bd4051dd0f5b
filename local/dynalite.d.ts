/** dynalite 4 has no types: what is used of it. */
declare module 'dynalite' {
  import type { Server } from 'node:http';
  // biome-ignore lint/style/noDefaultExport: a CommonJS module's exports arrive as the default.
  export default function dynalite(options: {
    readonly path: string;
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }): Server;
}

declare module 'dynalite/db/index.js' {
  export type Done = (error?: unknown) => void;

  export interface ItemStore {
    put(key: string, value: unknown, done: Done): void;
    del(key: string, done: Done): void;
  }

  export type WriteStep =
    | { readonly type: 'put'; readonly key: string; readonly value: unknown }
    | { readonly type: 'del'; readonly key: string };

  export interface Store {
    readonly db: {
      /** Also while it opens already; rejects with what LevelDB says. */
      open(): Promise<void>;
      close(done: Done): void;
      batch(steps: readonly WriteStep[], done: Done): void;
      keys(range: unknown): LevelIterator;
      values(range: unknown): LevelIterator;
    };
    getItemDb(table: string): ItemStore;
  }

  export interface LevelIterator {
    close(): Promise<void>;
    return?: () => Promise<void>;
  }

  export interface Table {
    readonly TableName: string;
    readonly GlobalSecondaryIndexes?: readonly unknown[];
    readonly LocalSecondaryIndexes?: readonly unknown[];
  }

  /** The module itself: its functions call each other through it, so one can be replaced. */
  const db: {
    create(options: unknown): Store;
    createKey(item: unknown, table: Table): string;
    getIndexActions(
      indexes: readonly unknown[],
      existing: unknown,
      item: unknown,
      table: Table,
    ): {
      readonly puts: readonly { readonly index: string; readonly key: string; readonly item: unknown }[];
      readonly deletes: readonly { readonly index: string; readonly key: string }[];
    };
    updateIndexes(store: Store, table: Table, existing: unknown, item: unknown, done: Done): void;
  };
  // biome-ignore lint/style/noDefaultExport: as above.
  export default db;
}
