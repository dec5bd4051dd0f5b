import type { Asking, Request } from '../../shared/marketo/rest/call/asking.ts';
import { CallEnded } from '../../shared/marketo/rest/call/call-ended.ts';
import type { DirectoryStore } from '../../shared/marketo/rest/directory/directory-store.ts';

/** What Marketo answers to a request: rows, with a token where there is another page, or an error to end the call with. */
export type Answered =
  | readonly unknown[]
  | { readonly rows: readonly unknown[]; readonly next: string }
  | Error;

export interface Asked extends Asking {
  readonly requests: Request[];
}

/** An asking whose answers a function makes, each after a turn of the event loop; replies are checked as a session checks them. */
export function askingOf(answer: (request: Request, number: number) => Answered): Asked {
  const requests: Request[] = [];
  return {
    requests,
    ask: async (request) => {
      requests.push(request);
      const number = requests.length;
      await new Promise((resolve) => setImmediate(resolve));
      const answered = answer(request, number);
      if (answered instanceof Error) throw answered;
      const { rows, next } = 'rows' in answered ? answered : { rows: answered, next: null };
      const reply = { result: rows, nextPageToken: next, moreResult: next !== null, warnings: [] };
      const problem = request.isReply?.(reply) ?? null;
      if (problem !== null)
        throw new CallEnded({ kind: 'unreadable', what: 'foreign', httpStatus: 200, message: problem });
      return reply;
    },
  };
}

export const marketoError = (code: number): CallEnded =>
  new CallEnded({ kind: 'marketo', code, message: `error ${code}`, httpStatus: 200 });

export interface MemoryStore extends DirectoryStore {
  readonly items: Map<string, { readonly at: number; readonly text: string; readonly keepMs: number }>;
  reads: number;
  writes: number;
}

export function memoryStore(): MemoryStore {
  const items: MemoryStore['items'] = new Map();
  const store: MemoryStore = {
    items,
    reads: 0,
    writes: 0,
    read: async (key) => {
      store.reads += 1;
      return items.get(key) ?? null;
    },
    write: async (key, text, keep) => {
      store.writes += 1;
      items.set(key, { text, ...keep });
    },
  };
  return store;
}
