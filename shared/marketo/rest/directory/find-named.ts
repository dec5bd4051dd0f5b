import type { JsonObject } from '../../../kernel/is-object.ts';
import type { Asking, Request } from '../call/asking.ts';
import { refused } from '../call/call-ended.ts';
import type { CampaignNamed, Named } from './directory.ts';
import { askRows, idIn, textIn } from './rows.ts';

const PAGE = 300;
/** Marketo filters by name: more than this have another reason than that programs share a name. */
const MOST_PAGES = 5;
/** `Program.List`, where both may have dots of their own. */
const MOST_SPLITS = 4;

/**
 * A static list by its name: the one outside programs, else the one inside a program, else `Program.List`. Exactly, else the one
 * match without case. Null: there is none. Throws a verdict (1003) where several have it.
 */
export async function findList(session: Asking, name: string, program?: string): Promise<Named | null> {
  if (program !== undefined) return choose('list', [await lists(session, name, program)], name, program);
  const all = await lists(session, name);
  const outside = all.filter((list) => list.program === null);
  const found = choose('list', [outside, all], name);
  if (found !== null) return found;
  for (const { program: before, name: after } of splits(name)) {
    const inside = choose('list', [await lists(session, after, before)], after, before);
    if (inside !== null) return inside;
  }
  return null;
}

/** A smart campaign of a program, as `findList` does it. */
export const findCampaign = async (
  session: Asking,
  name: string,
  program: string,
): Promise<CampaignNamed | null> =>
  choose('campaign', [await rowsNamed(session, 'campaigns', readCampaign, name, program)], name, program);

/** Marketo itself answers the one program of a name. */
export async function findProgram(session: Asking, name: string): Promise<Named | null> {
  const { rows } = await askRows(
    session,
    { endpoint: 'programByName', query: { name: [name] }, step: 'look-up, program' },
    readProgram,
  );
  return choose('program', [rows], name);
}

const lists = (session: Asking, name: string, program?: string): Promise<readonly Named[]> =>
  rowsNamed(session, 'lists', readNamed, name, program);

/** Whether Marketo compares names exactly is not known: what it answers is compared here. */
async function rowsNamed<N extends Named>(
  session: Asking,
  endpoint: 'lists' | 'campaigns',
  read: (row: JsonObject) => N | null,
  name: string,
  program?: string,
): Promise<readonly N[]> {
  const found: N[] = [];
  let nextPageToken: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const request: Request = {
      endpoint,
      step: `look-up, ${endpoint}`,
      query: {
        // Given as lists: a name with a comma would be read as two, and is refused there.
        name: [name],
        programName: program === undefined ? undefined : [program],
        batchSize: PAGE,
        nextPageToken: nextPageToken ?? undefined,
      },
    };
    const { rows, nextPageToken: next } = await askRows(session, request, read);
    found.push(...rows);
    if (next === null) return found;
    nextPageToken = next;
  }
  throw refused(1003, `more than ${MOST_PAGES * PAGE} ${endpoint} match the name "${name}"; say its id`);
}

/** Among the first rows that have it; without case only where none has it exactly. */
function choose<N extends Named>(
  what: string,
  tiers: readonly (readonly N[])[],
  name: string,
  program?: string,
): N | null {
  for (const isLike of [isEqual, isAlike])
    for (const rows of tiers) {
      const [found, ...others] = rows.filter(
        (row) => isLike(row.name, name) && (program === undefined || isLike(row.program, program)),
      );
      if (found === undefined) continue;
      if (others.length === 0) return found;
      const ids = idsOf([found, ...others]);
      throw refused(1003, `${others.length + 1} ${what}s match the name "${name}": ${ids}`);
    }
  return null;
}

const isEqual = (one: string | null, other: string): boolean => one === other;

const isAlike = (one: string | null, other: string): boolean => one?.toLowerCase() === other.toLowerCase();

const MOST_SHOWN = 10;

function idsOf(rows: readonly Named[]): string {
  const shown = rows
    .slice(0, MOST_SHOWN)
    .map(({ id, program }) => `${id} ${program === null ? 'outside programs' : `in "${program}"`}`);
  return [...shown, ...(rows.length > MOST_SHOWN ? ['…'] : [])].join(', ');
}

function splits(name: string): readonly { readonly program: string; readonly name: string }[] {
  return [...name.matchAll(/\./g)]
    .map(({ index }) => ({ program: name.slice(0, index), name: name.slice(index + 1) }))
    .filter((split) => split.program !== '' && split.name !== '')
    .slice(0, MOST_SPLITS);
}

function readNamed(row: JsonObject): Named | null {
  const id = idIn(row);
  const name = textIn(row, 'name');
  return id === null || name === null ? null : { id, name, program: textIn(row, 'programName') };
}

function readCampaign(row: JsonObject): CampaignNamed | null {
  const named = readNamed(row);
  const type = row['type'];
  return named && { ...named, type: type === 'trigger' || type === 'batch' ? type : null };
}

function readProgram(row: JsonObject): Named | null {
  const named = readNamed(row);
  return named && { ...named, program: null };
}
