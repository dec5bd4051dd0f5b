import { MAX_BODY_BYTES } from '../config/limits.ts';
import { errorText } from '../kernel/error-text.ts';
import { isObject } from '../kernel/is-object.ts';

/** No job has a tenth of these levels; past some thousands whatever writes, compares or shows a message would exhaust its stack. */
export const MOST_LEVELS = 64;

/** A value takes a byte of the message at least. It also ends the walk over parts that are shared again and again. */
const MOST_VALUES = MAX_BODY_BYTES;

/** What keeps a value from being a message, and where. */
export interface JsonProblem {
  readonly path: string;
  readonly message: string;
}

/** A value with the way to it. `level` counts the objects and lists around it, itself included. */
interface Place {
  readonly value: unknown;
  readonly level: number;
  readonly name: string | number | null;
  readonly parent: Place | null;
}

/**
 * Why JSON cannot hold the value as it is, or should not: too many levels, a cycle, a BigInt, a function. Null if it can.
 * Iterative, so that no depth exhausts the stack; total, whatever getters and proxies do.
 */
export function jsonProblem(root: unknown): JsonProblem | null {
  const open: Place[] = [{ value: root, level: 1, name: null, parent: null }];
  for (let seen = 0; ; seen += 1) {
    const place = open.pop();
    if (place === undefined) return null;
    if (seen > MOST_VALUES)
      return { path: '', message: `has more than ${MOST_VALUES} values; split the job` };
    try {
      const value = asJson(place.value, place.name);
      const message = problemOf(value, place);
      if (message !== null) return { path: pathOf(place), message };
      for (const child of childrenOf({ ...place, value })) open.push(child);
    } catch (error) {
      return { path: pathOf(place), message: `cannot be read: ${errorText(error)}` };
    }
  }
}

/** What JSON.stringify looks at in place of the value. */
function asJson(value: unknown, name: Place['name']): unknown {
  if (typeof value !== 'object' || value === null || !('toJSON' in value)) return value;
  return typeof value.toJSON === 'function' ? value.toJSON(String(name ?? '')) : value;
}

function problemOf(value: unknown, place: Place): string | null {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return null;
    case 'number':
      return Number.isFinite(value) ? null : 'is a number that JSON has no word for';
    case 'undefined':
      return typeof place.name === 'number' ? 'is undefined, in a list; give it a value' : null;
    case 'object':
      return value === null ? null : containerProblem(value, place);
    default:
      return `is a ${typeof value}, which JSON cannot hold`;
  }
}

function containerProblem(value: object, { level, parent }: Place): string | null {
  if (level > MOST_LEVELS) return `is nested deeper than ${MOST_LEVELS} levels`;
  for (let around = parent; around !== null; around = around.parent) {
    if (around.value === value) return 'contains itself, which JSON cannot hold';
  }
  if (Array.isArray(value) || isPlain(value)) return null;
  return 'is neither an object nor a list of JSON';
}

/** A Map or a Set has contents that JSON would drop without a word. An instance of a class is what its fields are. */
const isPlain = (value: object): boolean => Object.prototype.toString.call(value) === '[object Object]';

function childrenOf(parent: Place): readonly Place[] {
  const { value } = parent;
  const level = parent.level + 1;
  if (Array.isArray(value)) {
    return Array.from(value, (child: unknown, name) => ({ value: child, level, name, parent }));
  }
  if (!isObject(value)) return [];
  return Object.keys(value).map((name) => ({ value: value[name], level, name, parent }));
}

const PLAIN_NAME = /^[\w:.-]{1,60}$/;

/** A name can hold anything: it is shown so that a path stays one line, and a deep one stays short. */
function pathOf(place: Place): string {
  const steps: string[] = [];
  for (let at: Place | null = place; at !== null && at.name !== null; at = at.parent) {
    const { name } = at;
    if (typeof name === 'number') steps.unshift(`[${name}]`);
    else steps.unshift(`.${PLAIN_NAME.test(name) ? name : JSON.stringify(name.slice(0, 60))}`);
  }
  const shown = steps.length > MOST_STEPS ? [...steps.slice(0, MOST_STEPS), '…'] : steps;
  return shown.join('').replace(/^\./, '');
}

const MOST_STEPS = 8;
