import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Events, eventText } from '../shared/events/event.ts';
import { errorText } from '../shared/kernel/error-text.ts';
import { LocalTrouble } from './trouble.ts';

/** Ten would each wait for three turns of a loop that completes some hundred jobs meanwhile. A pipe holds a few times as many. */
const MOST_LINES = 100;

/**
 * Events as lines at the end of a file, one JSON object each. It is opened for each publication, so that it may be moved away in
 * between. A pipe whose reader has gone, or has not come yet, takes nothing, and keeps nobody waiting.
 */
export function fileEvents(path: string): Events {
  /** A full disk, or a full pipe, took a part of what was written: what comes next must not go on in that line. */
  let isTorn = false;
  return {
    most: MOST_LINES,
    publish: async (events) => {
      const lines = events.map((event) => `${eventText(event)}\n`).join('');
      await append(path, isTorn ? `\n${lines}` : lines, () => {
        isTorn = true;
      });
      isTorn = false;
      return 0;
    },
  };
}

/** Rejects where no event could ever be written: the path is wrong, or somebody else's. */
export const tryEventsFile = (path: string): Promise<void> =>
  append(path, '', () => {}).catch((error: unknown) => {
    // A pipe whose reader has not come yet.
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO') return;
    throw new LocalTrouble(`no events can be written to ${path}: ${errorText(error)}`, { cause: error });
  });

/**
 * For its owner alone, as all of the state is; a named pipe must not be waited for. `tear` is called where a part was written and
 * the rest was refused.
 */
async function append(path: string, text: string, tear: () => void): Promise<void> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
  } catch (error) {
    if (written > 0) tear();
    throw error;
  } finally {
    await file.close();
  }
}
