import * as v from 'valibot';
import { xmlTextProblem } from './xml-text.ts';

/**
 * The building blocks of the operation table. A schema made of them says three things at once: what a job may contain, what
 * TypeScript may pass, and what the WSDL declares. Entries stand in WSDL sequence order, because that is the order on the wire.
 */
export type Schema = v.GenericSchema;

/** How the WSDL names a type; for a leaf, the name of the XSD type without its prefix. */
export function xsdName(schema: Schema): string {
  const name = v.getMetadata(schema)['xsd'];
  if (typeof name !== 'string') throw new Error(`a schema of type ${schema.type} has no xsd name`);
  return name;
}

const xsd = <T>(name: string) => v.metadata<T, { readonly xsd: string }>({ xsd: name });

/** What a JSON value is, in a word, without showing it: values of leads must not reach a log. */
export function wordFor(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'boolean') return `${value}`;
  return `a ${typeof value}`;
}

const notA = (wanted: string) => (issue: v.BaseIssue<unknown>) =>
  `must be ${wanted}, not ${wordFor(issue.input)}`;

const carriedByXml = v.check<string, (issue: v.CheckIssue<string>) => string>(
  (value) => xmlTextProblem(value) === null,
  (issue) => xmlTextProblem(issue.input) ?? '',
);

/** An xsd:string that only a JSON string can be: a name, a position, an e-mail address. */
export const text = v.pipe(v.string(notA('a string (in quotes)')), carriedByXml, xsd('string'));

const SAYABLE = /^-?\d+(\.\d+)?$/;

/** 12345678901234567890 is 12345678901234567000 to every JSON parser: better refused than sent changed. */
const exactNumber = v.pipe(
  v.number(),
  v.check(
    (value) => SAYABLE.test(String(value)) && (!Number.isInteger(value) || Number.isSafeInteger(value)),
    'is a number that JSON does not carry exactly; put it in quotes',
  ),
);

/** An xsd:string whose meaning is a value of any kind: a number or boolean is sent as its text. */
export const value = v.pipe(
  v.union([v.string(), exactNumber, v.boolean()], notA('a string, a number or a boolean')),
  v.transform(String),
  carriedByXml,
  xsd('string'),
);

/** A key as xsd:string. Marketo ids are numbers to most senders, so a number is sent as its text. */
export const keyValue = v.pipe(
  v.union([v.string(), exactNumber], notA('a string or a number')),
  v.transform(String),
  v.check((key) => key.trim() !== '', 'is empty'),
  carriedByXml,
  xsd('string'),
);

/** The name of something: an empty one names nothing. */
export const nonBlank = v.pipe(
  text,
  v.check((name) => name.trim() !== '', 'is empty'),
);

const INT_MAX = 2_147_483_647;

export const int = v.pipe(
  v.number(notA('a whole number (without quotes)')),
  v.integer('must be a whole number'),
  v.minValue(-INT_MAX - 1, 'is out of the range of xsd:int'),
  v.maxValue(INT_MAX, 'is out of the range of xsd:int'),
  xsd('int'),
);

/** An id, or a count that cannot be zero. */
export const positiveInt = v.pipe(int, v.minValue(1, 'must be at least 1'));

/** A page size: Marketo cuts larger ones without a word, or times out. */
export const batchSize = (most: number) =>
  v.pipe(positiveInt, v.maxValue(most, `must be at most ${most}: Marketo returns no more per call`));

export const boolean = v.pipe(v.boolean(notA('true or false (without quotes)')), xsd('boolean'));

/** Only in replies: activity ids are 64 bits wide. */
export const long = v.pipe(v.number(), xsd('long'));

const W3C = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/;

/** Whether a text is an xsd:dateTime that exists: 2026-02-30 has the shape but is no day. */
function isDateTime(text: string): boolean {
  const parts = W3C.exec(text);
  if (parts === null) return false;
  const [, year, month, day, hour, minute, second, , zone] = parts;
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return false;
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 && isZone(zone);
}

/** XML Schema allows offsets up to 14 hours. */
function isZone(zone: string | undefined): boolean {
  if (zone === undefined || zone === 'Z') return true;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  return minutes < 60 && hours * 60 + minutes <= 14 * 60;
}

/** A string, because a Date prints as an empty element, and an empty dateTime is invalid. */
export const dateTime = v.pipe(
  v.string(notA('a date-time string')),
  v.check(isDateTime, 'must be a date-time like 2026-11-22T10:00:00Z'),
  xsd('dateTime'),
);

/** An xsd:simpleType restricted to its values. */
export function enumeration<const V extends readonly string[]>(name: string, values: V) {
  return v.pipe(
    v.picklist(values, (issue) => {
      // Only a text can be a value in another case, and not every JSON object can be made text.
      const given = typeof issue.input === 'string' ? issue.input.toLowerCase() : null;
      const meant = values.find((one) => one.toLowerCase() === given);
      return `must be one of ${values.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    }),
    xsd(name),
  );
}

/** An xsd:complexType of a job: exactly these names. */
export function sequence<const E extends v.ObjectEntries>(name: string, entries: E) {
  return v.pipe(v.strictObject(entries), xsd(name));
}

/** An xsd:complexType of a reply: these names, and whatever a later version adds. Never used to refuse a reply. */
export function reply<const E extends v.ObjectEntries>(name: string, entries: E) {
  return v.pipe(v.looseObject(entries), xsd(name));
}

/** An element that may repeat. A job may give a single one without the list around it. */
export function repeated<const S extends Schema>(item: S) {
  return v.array(item);
}

/** A repeated element of which there must be one, and of which Marketo reads (or takes) no more than `most` in a call. */
export function listOf<const S extends Schema>(item: S, most?: number) {
  const list = v.pipe(v.array(item), v.minLength(1, 'is empty; give at least one'));
  return most === undefined
    ? list
    : v.pipe(
        list,
        v.maxLength(
          most,
          (issue) => `has ${issue.received} entries; Marketo takes ${most} per call: split it`,
        ),
      );
}

export const optional = <const S extends Schema>(schema: S) => v.optional(schema);

/** An element of a reply that is absent or `xsi:nil` at the server's whim. */
export const nillable = <const S extends Schema>(schema: S) => v.nullish(schema);

/** The names that are attributes of the element, not children: the WSDL does not list them. */
export const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set(['xsi:type', 'attributes']);

const typeName = (name: string) =>
  v.pipe(v.string(), v.regex(new RegExp(`^([A-Za-z_][\\w.-]*:)?${name}$`), `must be ${name}`));

/**
 * A type that stands in for an abstract one. The sender may say so by `xsi:type`, in either of two places; checked params are
 * without it, since the children tell the types apart.
 */
export function substitute<const E extends v.ObjectEntries>(name: string, entries: E) {
  return v.pipe(
    sequence(name, {
      'xsi:type': optional(typeName(name)),
      attributes: optional(v.strictObject({ 'xsi:type': typeName(name) })),
      ...entries,
    }),
    v.transform(({ 'xsi:type': _, attributes: __, ...children }) => children),
  );
}

/** An abstract xsd:complexType and the types that may stand in for it. */
export function choice<const O extends readonly Schema[]>(name: string, options: O) {
  return v.pipe(v.union(options), xsd(name));
}
