import { ServiceFault } from './fault.ts';
import type { Element } from './xml.ts';

/*
 * The children of params<Operation> are read in any order, by exact name; others are ignored without a word
 * (docs/marketo-facts.md). Of Adobe's two codes for an absent value, 20017 is here a missing element, 20109 an empty one.
 */

export function child(parent: Element, name: string): Element | null {
  const found = parent.children.find((element) => element.name === name && element.namespace === '');
  return found === undefined || found.nil === true ? null : found;
}

export function requiredChild(parent: Element, name: string): Element {
  if (!parent.children.some((element) => element.name === name && element.namespace === '')) {
    throw new ServiceFault(20017, `Missing parameter ${name}`);
  }
  const found = child(parent, name);
  if (found === null) throw new ServiceFault(20109, `Parameter ${name} is null`);
  return found;
}

/** The repeated element inside a list element: `items(params, 'leadList', 'leadKey')`. */
export function items(parent: Element, list: string, item: string): Element[] {
  return repeated(child(parent, list), item);
}

export function repeated(list: Element | null, item: string): Element[] {
  return list?.children.filter((element) => element.name === item && element.namespace === '') ?? [];
}

export function text(parent: Element, name: string): string | null {
  return child(parent, name)?.text ?? null;
}

export function requiredText(parent: Element, name: string): string {
  const value = requiredChild(parent, name).text;
  if (value.trim() === '') throw new ServiceFault(20109, `Parameter ${name} is empty`);
  return value;
}

export function stringItems(parent: Element, list: string): string[] {
  return items(parent, list, 'stringItem').map((item) => item.text);
}

export function integer(parent: Element, name: string): number | null {
  const value = text(parent, name)?.trim() ?? '';
  if (value === '') return null;
  if (!/^-?\d{1,15}$/.test(value)) throw new ServiceFault(20110, `${name} is not an integer: ${value}`);
  return Number(value);
}

export function boolean(parent: Element, name: string): boolean | null {
  const value = text(parent, name)?.trim() ?? '';
  if (value === '') return null;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new ServiceFault(20110, `${name} is not a boolean: ${value}`);
}

export function requiredBoolean(parent: Element, name: string): boolean {
  requiredText(parent, name);
  return boolean(parent, name) ?? false;
}

export function dateTime(parent: Element, name: string): number | null {
  const value = text(parent, name);
  if (value === null) return null;
  const at = Date.parse(value.trim());
  if (Number.isNaN(at)) throw new ServiceFault(20110, `${name} is not a dateTime: ${value}`);
  return at;
}

/** A member of an enumeration, or the fault that this enumeration has for any other value. */
export function oneOf<Member extends string>(
  members: readonly Member[],
  value: string,
  faultCode: number,
  what: string,
): Member {
  const member = members.find((candidate) => candidate === value);
  if (member === undefined) throw new ServiceFault(faultCode, `${what} is not valid: ${value}`);
  return member;
}

/** Marketo clamps a batch size rather than refuse it. */
export function batchSize(parent: Element, most: number): number {
  const asked = integer(parent, 'batchSize');
  if (asked !== null && asked < 1) throw new ServiceFault(20110, 'batchSize must be positive');
  return Math.min(asked ?? most, most);
}
