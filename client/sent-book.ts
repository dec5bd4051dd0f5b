import type { Job } from '../shared/job/job.ts';
import type { Clock, Sleep } from '../shared/kernel/clock.ts';
import { absent, type Copy } from '../shared/kernel/document.ts';
import {
  CHUNK_LINES,
  type Chunk,
  type Chunks,
  lineChunkId,
  looseChunkId,
  type SentJob,
  sentJob,
  withJobs,
} from '../shared/ledger/chunks.ts';
import type { Ledger } from '../shared/ledger/ledger.ts';
import { firstRow } from '../shared/ledger/row.ts';

export interface BookPorts {
  readonly ledger: Pick<Ledger, 'change'>;
  readonly chunks: Pick<Chunks, 'read' | 'change'>;
  readonly clock: Clock;
  /** Absent: what was sent is looked at with the next answer only, however late that comes. */
  readonly sleep?: Sleep | undefined;
  /** Told how many jobs are in the queue and not in the ledger, because a write failed: the worker will write their rows. */
  readonly onUnrecorded?: ((jobs: number) => void) | undefined;
}

/** A job on its way into the queue. */
export interface BookedJob {
  readonly job: Job;
  readonly digest: string;
  /** The sender chose the id, so that another job may have it. */
  readonly idIsGiven: boolean;
  readonly section: Section | null;
}

/** The part of a stream that goes into one chunk. */
interface Section {
  readonly batch: string;
  /** Null where only the ids of its jobs will name it. */
  readonly chunkId: string | null;
  /** Which 300 lines. */
  readonly part: number;
  /** What the chunk says, and what was sent since. */
  readonly seen: Map<string, SentJob>;
  loading: Promise<Copy<Chunk | null>> | null;
  unwritten: SentJob[];
  /** When the first of them was sent. */
  since: number;
  /** Jobs that were read and not answered for. */
  open: number;
}

/** The one job of a stream, as the queue took it. */
interface Alone {
  readonly job: Job;
  readonly sequenceNumber: string | null;
  readonly at: number;
}

/** Jobs that the queue has, and the ledger has not. */
interface Unrecorded {
  readonly section: Section;
  readonly sent: readonly SentJob[];
}

/** A source may be slow: what was sent is not kept from the ledger for longer than this. */
const MOST_UNWRITTEN_MS = 5_000;

/** Ids that no chunk will tell of: a stream knows the last so many of its own, and the ledger decides about the rest. */
const MOST_RECENT = 10_000;

/** The more batches a stream names, the more it would keep. Past so many, those that nobody adds to just now are written and forgotten. */
const MOST_SECTIONS = 1_000;

/**
 * Writes down what one stream has sent: the jobs of batches in chunks, each once its lines are read and answered for, and a job
 * that stays alone in a row of its own. Nothing is written of a job before the queue has acknowledged it.
 */
export class SentBook {
  readonly #ports: BookPorts;
  readonly #sections = new Map<string, Section>();
  readonly #recent = new Map<string, SentJob>();
  readonly #writing = new Set<Promise<void>>();
  readonly #failed: Unrecorded[] = [];
  readonly #closing = new AbortController();
  #part = 0;
  #acknowledged = 0;
  #alone: Alone | null = null;

  constructor(ports: BookPorts) {
    this.#ports = ports;
  }

  /** Where a job will be written that was read from this line (null: from no file); `answered` is owed for it. */
  open({ batch }: Job, line: number | null): Section | null {
    const part = line === null ? 0 : Math.floor(line / CHUNK_LINES);
    this.#part = Math.max(this.#part, part);
    if (batch === undefined) return null;
    const name = `${line === null ? 'loose' : part} ${batch}`;
    let section = this.#sections.get(name);
    if (section === undefined) {
      const chunkId = line === null ? null : lineChunkId(batch, line);
      section = { batch, chunkId, part, seen: new Map(), loading: null, unwritten: [], since: 0, open: 0 };
      this.#sections.set(name, section);
    }
    section.open += 1;
    return section;
  }

  /** What this stream, or an earlier one, has written of the id. Rejects if the chunk cannot be read. */
  async seen({ job, section }: BookedJob): Promise<SentJob | null> {
    if (section === null || section.chunkId === null) return this.#recent.get(job.id) ?? null;
    await this.#load(section, section.chunkId);
    return section.seen.get(job.id) ?? null;
  }

  /** Whether what is sent next is all that the stream has sent: as far as anybody knows it will have a row of its own. */
  isAlone(jobs: number): boolean {
    return jobs === 1 && this.#acknowledged === 0;
  }

  /** The queue has the job. */
  acknowledged({ job, digest, idIsGiven, section }: BookedJob, sequenceNumber: string | null): void {
    const at = this.#ports.clock();
    this.#acknowledged += 1;
    this.#alone = this.#acknowledged === 1 ? { job, sequenceNumber, at } : null;
    if (section === null && !idIsGiven) return;
    const sent = sentJob(job, digest, at);
    if (section?.chunkId != null) section.seen.set(sent.id, sent);
    else if (idIsGiven) this.#remember(sent);
    if (section === null) return;
    if (section.unwritten.length === 0) this.#writeInTime(section, at);
    section.unwritten.push(sent);
  }

  /** Nothing more becomes of these jobs here. Resolves when what they completed is written. */
  async answered(jobs: readonly BookedJob[]): Promise<void> {
    for (const { section } of jobs) if (section !== null) section.open -= 1;
    const writing: Promise<void>[] = [];
    const isCrowded = this.#sections.size > MOST_SECTIONS;
    for (const [name, section] of this.#sections) {
      const isPassed = section.chunkId === null ? isCrowded : section.part < this.#part;
      const isOver = isPassed && section.open === 0;
      if (isOver) this.#sections.delete(name);
      if (isOver || this.#isDue(section)) writing.push(this.#write(section));
    }
    await Promise.all(writing);
  }

  /** Writes the rest, when the stream has ended or nobody wants more of it. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const section of this.#sections.values()) void this.#write(section);
    if (this.#alone !== null) await this.#writeRow(this.#alone);
    await Promise.all(this.#writing);
    await Promise.all(this.#failed.map((unrecorded) => this.#tryAgain(unrecorded)));
  }

  /** No answer may come for as long as the source, or who takes the answers, pleases. */
  #writeInTime(section: Section, since: number): void {
    section.since = since;
    void this.#ports.sleep?.(MOST_UNWRITTEN_MS, this.#closing.signal).then(() => {
      if (section.since === since) void this.#write(section);
    });
  }

  #isDue({ chunkId, unwritten, since }: Section): boolean {
    if (unwritten.length === 0) return false;
    const isFull = chunkId === null && unwritten.length >= CHUNK_LINES;
    return isFull || this.#ports.clock() - since >= MOST_UNWRITTEN_MS;
  }

  async #load(section: Section, chunkId: string): Promise<void> {
    section.loading ??= this.#ports.chunks.read(chunkId).then((copy) => {
      for (const job of copy.value?.jobs ?? []) section.seen.set(job.id, job);
      return copy;
    });
    try {
      await section.loading;
    } catch (error) {
      section.loading = null;
      throw error;
    }
  }

  #remember(sent: SentJob): void {
    this.#recent.set(sent.id, sent);
    const [oldest] = this.#recent.size > MOST_RECENT ? this.#recent.keys() : [];
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  #write(section: Section): Promise<void> {
    const sent = section.unwritten;
    section.unwritten = [];
    if (sent.length === 0) return Promise.resolve();
    const writing = this.#writeAll(section, sent).then(
      () => {},
      () => void this.#failed.push({ section, sent }),
    );
    this.#writing.add(writing);
    return writing.finally(() => this.#writing.delete(writing));
  }

  /** What was refused in the middle of a stream may be taken at its end. */
  async #tryAgain({ section, sent }: Unrecorded): Promise<void> {
    try {
      await this.#writeAll(section, sent);
    } catch {
      this.#ports.onUnrecorded?.(sent.length);
    }
  }

  async #writeAll(section: Section, sent: readonly SentJob[]): Promise<void> {
    const left = section.chunkId === null ? sent : await this.#writeChunk(section, section.chunkId, sent);
    if (left.length === 0) return;
    const id = looseChunkId(section.batch, left);
    await this.#ports.chunks.change(absent(id), (stored) => withJobs(stored, left).chunk);
  }

  /** Answers with the jobs for which the chunk has no room. */
  async #writeChunk(
    section: Section,
    chunkId: string,
    sent: readonly SentJob[],
  ): Promise<readonly SentJob[]> {
    let left: readonly SentJob[] = [];
    const changed = await this.#ports.chunks.change((await section.loading) ?? absent(chunkId), (stored) => {
      const next = withJobs(stored, sent);
      left = next.left;
      return next.chunk;
    });
    section.loading = Promise.resolve(changed.copy);
    return left;
  }

  async #writeRow({ job, sequenceNumber, at }: Alone): Promise<void> {
    const row = firstRow(job, { sequenceNumber, enqueuedAt: at });
    try {
      // The worker, or another sender of the same job, may have been here first.
      await this.#ports.ledger.change(absent(job.id), (stored) => (stored === null ? row : null));
    } catch {
      this.#ports.onUnrecorded?.(1);
    }
  }
}
