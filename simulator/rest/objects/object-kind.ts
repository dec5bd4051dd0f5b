import { createHash } from 'node:crypto';
import type { DataType } from '../../instance/lead-fields.ts';
import { Refusal } from '../../instance/refusal.ts';

export interface ObjectField {
  readonly name: string;
  readonly displayName: string;
  readonly dataType: DataType;
  readonly updateable: boolean;
}

/** One object as REST has it; values are text, by the name of the field. */
export interface ObjectRow {
  readonly guid: string;
  readonly values: ReadonlyMap<string, string>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type Values = ReadonlyMap<string, string | null>;

/** Opportunities, roles and the types of one's own have one interface in front of what differs (docs/marketo-facts.md). */
export interface ObjectKind {
  readonly name: string;
  readonly displayName: string;
  readonly dedupeFields: readonly string[];
  readonly searchableFields: readonly (readonly string[])[];
  readonly relationships: readonly unknown[];
  readonly fields: readonly ObjectField[];
  rows(): readonly ObjectRow[];
  /** Makes an object, or changes one. A refusal means that nothing was done. */
  write(existing: ObjectRow | null, values: Values, now: number): ObjectRow;
  remove(row: ObjectRow): void;
}

export const ID_FIELD = 'marketoGUID';

export function objectField(
  name: string,
  displayName: string,
  dataType: DataType,
  updateable: boolean,
): ObjectField {
  return { name, displayName, dataType, updateable };
}

export function requireField(kind: ObjectKind, name: string): ObjectField {
  const field = kind.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Refusal('unknown-field', `Field '${name}' not found`);
  return field;
}

/** An id that REST alone knows, and that is the same at every reading. */
export function guidOf(...identity: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
