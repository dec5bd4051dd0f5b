import type * as v from 'valibot';
import type { Job } from '../../job/job.ts';
import { assertNever } from '../../kernel/assert-never.ts';
import type { Attrib, Attribute } from '../../marketo/operations/types.ts';

/** One change of the attributes that a job writes. */
export type FieldEdit =
  | { readonly kind: 'rename'; readonly field: string; readonly to: string }
  | { readonly kind: 'unset'; readonly field: string }
  | { readonly kind: 'set'; readonly field: string; readonly value: string };

/** The job with its fields edited: `unchanged` if it writes none, or has none of those that are meant. */
export type FieldsEdited =
  | { readonly kind: 'edited'; readonly job: Job }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Changes the attributes in every record of a syncLead, syncMultipleLeads, syncCustomObjects or syncMObjects, one edit after the
 * other. What a record is known by (Id, Email, a foreign id, a list of keys) is no attribute, and stays. Pure.
 */
export function editFields(job: Job, edits: readonly FieldEdit[]): FieldsEdited {
  try {
    const edited = withFields(job, edits);
    return edited === null || JSON.stringify(edited.params) === JSON.stringify(job.params)
      ? { kind: 'unchanged' }
      : { kind: 'edited', job: edited };
  } catch (error) {
    if (error instanceof NameTaken) return { kind: 'refused', message: error.message };
    throw error;
  }
}

function withFields(job: Job, edits: readonly FieldEdit[]): Job | null {
  const attributes = <L extends { readonly attribute: Attributes }>(list: L | undefined) => {
    const attribute = editList(list?.attribute ?? [], edits, ATTRIBUTE);
    return list === undefined && attribute.length === 0 ? undefined : { ...list, attribute };
  };
  switch (job.operation) {
    case 'syncLead': {
      const { leadRecord } = job.params;
      const leadAttributeList = attributes(leadRecord.leadAttributeList);
      return { ...job, params: { ...job.params, leadRecord: { ...leadRecord, leadAttributeList } } };
    }
    case 'syncMultipleLeads': {
      const leadRecord = job.params.leadRecordList.leadRecord.map((record) => ({
        ...record,
        leadAttributeList: attributes(record.leadAttributeList),
      }));
      return { ...job, params: { ...job.params, leadRecordList: { leadRecord } } };
    }
    case 'syncCustomObjects': {
      const customObj = job.params.customObjList.customObj.map((object) => ({
        ...object,
        customObjAttributeList: attributes(object.customObjAttributeList),
      }));
      return { ...job, params: { ...job.params, customObjList: { customObj } } };
    }
    case 'syncMObjects': {
      const mObject = job.params.mObjectList.mObject.map((object) => {
        const attrib = editList(object.attribList?.attrib ?? [], edits, ATTRIB);
        const attribList = object.attribList === undefined && attrib.length === 0 ? undefined : { attrib };
        return { ...object, attribList };
      });
      return { ...job, params: { ...job.params, mObjectList: { mObject } } };
    }
    default:
      return null;
  }
}

type Attributes = v.InferOutput<typeof Attribute>[];

/** How one of the two kinds of attribute says its name and value. */
interface Form<T> {
  nameOf(item: T): string;
  renamed(item: T, name: string): T;
  /** Over the one of this name that there is, if there is one. */
  valued(item: T | undefined, name: string, value: string): T;
}

const ATTRIBUTE: Form<v.InferOutput<typeof Attribute>> = {
  nameOf: ({ attrName }) => attrName,
  renamed: (item, attrName) => ({ ...item, attrName }),
  valued: (item, attrName, attrValue) => ({ ...item, attrName, attrValue }),
};

const ATTRIB: Form<v.InferOutput<typeof Attrib>> = {
  nameOf: ({ name }) => name,
  renamed: (item, name) => ({ ...item, name }),
  valued: (_, name, value) => ({ name, value }),
};

const editList = <T>(items: readonly T[], edits: readonly FieldEdit[], form: Form<T>): T[] =>
  edits.reduce((list, edit) => edited(list, edit, form), [...items]);

function edited<T>(items: T[], edit: FieldEdit, form: Form<T>): T[] {
  const isMeant = (item: T): boolean => form.nameOf(item) === edit.field;
  switch (edit.kind) {
    case 'rename':
      if (!items.some(isMeant)) return items;
      if (items.some((item) => form.nameOf(item) === edit.to)) throw new NameTaken(edit.field, edit.to);
      return items.map((item) => (isMeant(item) ? form.renamed(item, edit.to) : item));
    case 'unset':
      return items.filter((item) => !isMeant(item));
    case 'set':
      return items.some(isMeant)
        ? items.map((item) => (isMeant(item) ? form.valued(item, edit.field, edit.value) : item))
        : [...items, form.valued(undefined, edit.field, edit.value)];
    default:
      return assertNever(edit);
  }
}

/** Which of the two values is meant nobody can tell. */
class NameTaken extends Error {
  constructor(from: string, to: string) {
    super(`has both ${from} and ${to}: --unset one of them`);
  }
}
