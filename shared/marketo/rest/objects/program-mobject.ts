import type { JsonObject } from '../../../kernel/is-object.ts';
import { objectsIn } from '../directory/rows.ts';
import { PROGRAM } from './mobject-records.ts';
import { textOf } from './object-fields.ts';

/** Asset dates read `2026-01-02T03:04:05Z+0000`, which is no date of any kind. */
export const withoutOffset = (date: string | null): string | null =>
  date === null ? null : date.replace(/Z\+0000$/, 'Z');

/** SOAP's names of what both APIs have of a program. */
const ATTRIBUTES = [
  ['Name', 'name'],
  ['Description', 'description'],
  ['Type', 'type'],
  ['Status', 'status'],
  ['CRM Id', 'sfdcId'],
  ['Workspace Name', 'workspace'],
] as const;

/** A program as SOAP shows it: its channel is the first of its tags, and costs and tags are there where REST shows them. */
export function programMObject(row: JsonObject) {
  const attrib = ATTRIBUTES.flatMap(([name, field]) => pair(name, row[field]));
  const channel = typed('Tag', [...pair('Type', 'Channel'), ...pair('Value', row['channel'])], 2);
  const tags = objectsIn(row['tags']).flatMap((tag) =>
    typed('Tag', [...pair('Type', tag['tagType']), ...pair('Value', tag['tagValue'])], 2),
  );
  const costs = objectsIn(row['costs']).flatMap((cost) =>
    typed('Cost', [
      ...pair('Month', monthOf(cost['startDate'])),
      ...pair('Amount', cost['cost']),
      ...pair('Note', cost['note']),
    ]),
  );
  const typeAttrib = [...channel, ...tags, ...costs];
  return {
    type: PROGRAM,
    id: Number(row['id']),
    externalKey: null,
    createdAt: withoutOffset(textOf(row['createdAt'])),
    updatedAt: withoutOffset(textOf(row['updatedAt'])),
    attribList: { attrib },
    typeAttribList: typeAttrib.length === 0 ? null : { typeAttrib },
    associationList: null,
  };
}

type Attrib = { readonly name: string; readonly value: string };

function pair(name: string, value: unknown): readonly Attrib[] {
  const text = textOf(value);
  return text === null ? [] : [{ name, value: text }];
}

/** Nothing, where it does not have at least that many attributes. */
const typed = (attrType: string, attrib: readonly Attrib[], atLeast = 1) =>
  attrib.length < atLeast ? [] : [{ attrType, attrList: { attrib } }];

const monthOf = (date: unknown): string | null => /^\d{4}-\d{2}/.exec(textOf(date) ?? '')?.[0] ?? null;
