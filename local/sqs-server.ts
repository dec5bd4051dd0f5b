import { MAX_RECEIVE_COUNT, QUEUE_VISIBILITY_S, RETENTION_S } from '../shared/config/limits.ts';
import { isObject } from '../shared/kernel/is-object.ts';
import { refuseWebPages } from '../simulator/refuse-web-pages.ts';
import {
  type FauxqsParts,
  type FauxqsPersistence,
  type FauxqsQueue,
  type FauxqsStore,
  loadFauxqs,
} from './fauxqs-parts.ts';
import { LOOPBACK } from './ports.ts';
import { privateDirectory } from './private-files.ts';
import { INSTANCE_PATH, OLDEST_PATH } from './stack-file.ts';

const JOBS_QUEUE = 'mktq-jobs.fifo';
const DEAD_LETTER_QUEUE = 'mktq-dead-letters.fifo';
/** What fauxqs, like every pretend AWS, calls the account. */
const AWS_ACCOUNT = '000000000000';

interface SqsServerSettings {
  /** Holds fauxqs's SQLite file. */
  readonly directory: string;
  readonly port: number;
  readonly region: string;
  readonly instance: string;
  /** The disk refused a write: memory and file no longer agree, so the process must end (a restart heals it). */
  readonly onDiskTrouble: (error: unknown) => void;
}

export interface QueueAddress {
  readonly url: string;
  readonly arn: string;
}

export interface SqsServer {
  readonly url: string;
  readonly jobs: QueueAddress;
  readonly deadLetters: QueueAddress;
  /** Ends the long polls in progress, each with what it has. */
  endPolls(): void;
  close(): Promise<void>;
}

/** The embedded SQS: loopback only, its messages in SQLite, its two queues made if absent. */
export async function startSqsServer(settings: SqsServerSettings): Promise<SqsServer> {
  privateDirectory(settings.directory);
  const parts = await loadFauxqs();
  let open = true;
  const persistence = mend(new parts.PersistenceManager(settings.directory), (error) => {
    // A request that is cut off by the stop finds the file closed: no trouble, its sender was never answered.
    if (open) settings.onDiskTrouble(error);
  });
  const store = restore(parts, persistence);
  const url = `http://${LOOPBACK}:${settings.port}`;
  const queues = makeQueues(store, url, settings.region);
  for (const queue of store.allQueues()) takeWhole(queue, persistence);

  const app = parts.buildApp({ logger: false, defaultRegion: settings.region, stores: { sqsStore: store } });
  app.get(INSTANCE_PATH, async () => settings.instance);
  app.get(OLDEST_PATH, async () => ({ sentAt: oldestSent(persistence, JOBS_QUEUE) }));
  refuseWebPages(app.server);
  const close = async (): Promise<void> => {
    open = false;
    await app.close();
    persistence.close();
  };
  try {
    await app.listen({ host: LOOPBACK, port: settings.port });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, ...queues, endPolls: () => store.shutdown(), close };
}

/**
 * Reads what the last process left. Every message in flight becomes visible first: the lock proves that nobody works
 * on it, and one that was hidden on purpose is hidden again by its worker, because the ledger says until when.
 */
function restore(parts: FauxqsParts, persistence: FauxqsPersistence): FauxqsStore {
  // A killed process loses nothing either way; waiting for the disk itself at each message would only serve a power
  // cut, against which the table's LevelDB does not guard either.
  persistence.db.exec('PRAGMA synchronous = NORMAL');
  persistence.db.exec('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL');
  const store = new parts.SqsStore();
  store.host = '';
  persistence.loadSqsAndSns(store, new parts.SnsStore());
  // After the load: a queue that is loaded with its persistence attached would be written again, its messages deleted.
  store.persistence = persistence;
  for (const queue of store.allQueues()) queue.persistence = persistence;
  return store;
}

/**
 * fauxqs 2.4.1 sets the receive count to NULL when a visibility of 0 frees a message, which its own schema refuses:
 * the message would be gone until a restart.
 */
function mend(persistence: FauxqsPersistence, onDiskTrouble: (error: unknown) => void): FauxqsPersistence {
  const free = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => {
    free.run(messageId);
  };
  return new Proxy(persistence, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        try {
          return member.apply(target, given);
        } catch (error) {
          onDiskTrouble(error);
          throw error;
        }
      };
    },
  });
}

/** Receives in one transaction: a message on its way to the dead-letter queue must not be in neither when we are killed. */
function takeWhole(queue: FauxqsQueue, persistence: FauxqsPersistence): void {
  const take = queue.dequeueFifo.bind(queue);
  queue.dequeueFifo = (...given) => {
    let taken: unknown;
    persistence.transaction(() => {
      taken = take(...given);
    });
    return taken;
  };
}

/** When the oldest message was sent that has not been deleted, visible or not; the API of SQS does not say it. */
function oldestSent({ db }: FauxqsPersistence, queue: string): number | null {
  const found = db
    .prepare('SELECT MIN(sent_timestamp) AS at FROM sqs_messages WHERE queue_name = ?')
    .get(queue);
  const at = isObject(found) ? found['at'] : null;
  return typeof at === 'number' ? at : null;
}

function makeQueues(
  store: FauxqsStore,
  serverUrl: string,
  region: string,
): { readonly jobs: QueueAddress; readonly deadLetters: QueueAddress } {
  const common = {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'false',
    VisibilityTimeout: String(QUEUE_VISIBILITY_S),
    MessageRetentionPeriod: String(RETENTION_S),
  };
  const make = (name: string, attributes: Readonly<Record<string, string>>): QueueAddress => {
    const url = `${serverUrl}/${AWS_ACCOUNT}/${name}`;
    const arn = `arn:aws:sqs:${region}:${AWS_ACCOUNT}:${name}`;
    const queue = store.getQueueByName(name) ?? store.createQueue(name, url, arn, attributes);
    // The port may be another one than when the queue was made.
    queue.url = url;
    queue.setAttributes(attributes);
    return { url, arn };
  };
  const deadLetters = make(DEAD_LETTER_QUEUE, common);
  const redrive = { deadLetterTargetArn: deadLetters.arn, maxReceiveCount: MAX_RECEIVE_COUNT };
  const jobs = make(JOBS_QUEUE, {
    ...common,
    RedrivePolicy: JSON.stringify(redrive),
  });
  return { jobs, deadLetters };
}
