import { createHash } from 'node:crypto';
import { ServiceFault } from './fault.ts';
import { type Markup, nil, tag, tagOrNil } from './markup.ts';
import { child, text } from './params.ts';
import type { Element } from './xml.ts';

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly remaining: number;
  readonly position: string;
}

/** Cuts the rows of a query into pages. The query is part of the position, so that another query's position is a bad one. */
export function page<Row>(
  rows: readonly Row[],
  query: string,
  position: string | null,
  size: number,
): Page<Row> {
  const offset = position === null || position === '' ? 0 : offsetIn(position, query);
  // Behind the end is 20123, what no answer ever handed out is 20122 (docs/marketo-facts.md).
  if (offset > rows.length) throw new ServiceFault(20122);
  if (offset > 0 && offset === rows.length) throw new ServiceFault(20123);
  const next = Math.min(offset + size, rows.length);
  return { rows: rows.slice(offset, next), remaining: rows.length - next, position: positionAt(next, query) };
}

function positionAt(offset: number, query: string): string {
  return Buffer.from(`os:${offset}:q:${digest(query)}`).toString('base64url');
}

function offsetIn(position: string, query: string): number {
  const match = /^os:(\d{1,9}):q:(\w+)$/.exec(Buffer.from(position, 'base64url').toString());
  if (match === null || match[2] !== digest(query)) throw new ServiceFault(20122);
  return Number(match[1]);
}

function digest(query: string): string {
  return createHash('sha256').update(query).digest('hex').slice(0, 12);
}

/** The complex position of getLeadActivity and getLeadChanges. */
export function offsetOfStartPosition(params: Element): string | null {
  const start = child(params, 'startPosition');
  return start === null ? null : text(start, 'offset');
}

/** Where to go on. The range that was asked for is handed back, as a client sends the whole position again. */
export function startPositionMarkup(position: string, start: Element | null): Markup {
  const given = (name: string) => tagOrNil(name, start === null ? null : text(start, name));
  return tag(
    'newStartPosition',
    given('latestCreatedAt'),
    given('oldestCreatedAt'),
    nil('activityCreatedAt'),
    tag('offset', position),
  );
}
