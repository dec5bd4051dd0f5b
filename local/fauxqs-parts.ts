import type { buildApp } from 'fauxqs';

/**
 * The parts of fauxqs 2.4.1 that its package does not export, by what is used of them. `startFauxqs` would bring them
 * together, but listens on every interface of the machine; the version is pinned, and sqs-server.test.ts holds the shape.
 */
export interface FauxqsParts {
  readonly SqsStore: new () => FauxqsStore;
  readonly SnsStore: new () => object;
  readonly PersistenceManager: new (directory: string) => FauxqsPersistence;
  readonly buildApp: (options: {
    readonly logger: false;
    readonly defaultRegion: string;
    readonly stores: { readonly sqsStore: FauxqsStore };
  }) => ReturnType<typeof buildApp>;
}

export interface FauxqsStore {
  /** Empty: queue URLs carry the host of the request instead of a name that resolves nowhere. */
  host: string;
  persistence?: FauxqsPersistence;
  allQueues(): Iterable<FauxqsQueue>;
  getQueueByName(name: string): FauxqsQueue | undefined;
  createQueue(
    name: string,
    url: string,
    arn: string,
    attributes: Readonly<Record<string, string>>,
  ): FauxqsQueue;
  /** Ends every long poll at once, with whatever it would have got: none is aborted, nothing is swallowed. */
  shutdown(): void;
}

export interface FauxqsQueue {
  readonly name: string;
  url: string;
  readonly arn: string;
  persistence?: FauxqsPersistence;
  setAttributes(attributes: Readonly<Record<string, string>>): void;
  dequeueFifo(...given: readonly unknown[]): unknown;
}

export interface FauxqsPersistence {
  readonly db: {
    exec(sql: string): void;
    prepare(sql: string): {
      run(...values: readonly (string | number | null)[]): unknown;
      get(...values: readonly (string | number | null)[]): unknown;
    };
  };
  loadSqsAndSns(sqs: FauxqsStore, sns: object): void;
  updateMessageReady(messageId: string): void;
  transaction(work: () => void): void;
  close(): void;
}

export async function loadFauxqs(): Promise<FauxqsParts> {
  const entry = import.meta.resolve('fauxqs');
  const [app, sqs, sns, persistence, types] = await Promise.all(
    ['app.js', 'sqs/sqsStore.js', 'sns/snsStore.js', 'persistence.js', 'sqs/sqsTypes.js'].map(
      (file) => import(new URL(file, entry).href),
    ),
  );
  takeAllOfUnicode(types.INVALID_MESSAGE_BODY_CHAR);
  return {
    buildApp: app.buildApp,
    SqsStore: sqs.SqsStore,
    SnsStore: sns.SnsStore,
    PersistenceManager: persistence.PersistenceManager,
  };
}

/** The last range is what AWS takes and fauxqs does not: an emoji, and all else past the first plane. */
const INVALID_CHARACTER = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** fauxqs asks one expression, by its `test`. */
function takeAllOfUnicode(fauxqs: RegExp): void {
  fauxqs.test = (text) => INVALID_CHARACTER.test(text);
}
