import { xmlTextProblem } from '../operations/xml-text.ts';
import { xmlEscape } from './xml-escape.ts';

export type EnvelopeValues =
  | { readonly kind: 'carried'; readonly values: Readonly<Record<string, unknown>> }
  /** `problem` never shows the value: it is a lead's. */
  | { readonly kind: 'refused'; readonly path: string; readonly problem: string };

/**
 * Rebuilds params so that node-soap, told not to escape, can only write elements of them, because its escaping lets CDATA
 * through and some keys mean more to it (docs/marketo-facts.md 5). What cannot be carried verbatim is refused by its path.
 */
export function envelopeValues(params: unknown, root: string): EnvelopeValues {
  try {
    return { kind: 'carried', values: element(params, root, 0) };
  } catch (error) {
    if (error instanceof NotCarried) return { kind: 'refused', path: error.path, problem: error.message };
    throw error;
  }
}

/** Ends the walk at the first value that cannot be carried. Never leaves this file. */
class NotCarried extends Error {
  readonly path: string;

  constructor(path: string, problem: string) {
    super(problem);
    this.path = path;
  }
}

/** The deepest params of the 23 operations have six levels; more is not theirs, and must not exhaust the stack. */
const MOST_LEVELS = 20;

function carried(value: unknown, path: string, level: number): unknown {
  if (level > MOST_LEVELS) throw new NotCarried(path, 'is nested too deep');
  if (typeof value === 'string') return characters(value, path);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map((item, index) => listed(item, `${path}[${index}]`, level));
  return element(value, path, level);
}

function listed(item: unknown, path: string, level: number): unknown {
  if (Array.isArray(item)) throw new NotCarried(path, 'is a list in a list');
  return carried(item, path, level + 1);
}

function element(value: unknown, path: string, level: number): Record<string, unknown> {
  if (!isPlain(value)) throw new NotCarried(path, 'is no text, number, list or object of JSON');
  const rebuilt: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    // An absent element is the only null that the schema knows: node-soap would write an xsi:nil it does not allow.
    if (child === undefined || child === null) continue;
    rebuilt[elementName(name, path)] = carried(child, `${path}.${name}`, level + 1);
  }
  return rebuilt;
}

function characters(text: string, path: string): string {
  const problem = xmlTextProblem(text);
  if (problem !== null) throw new NotCarried(path, problem);
  return xmlEscape(text);
}

const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/;

/** No name of the WSDL begins with an underscore or a dollar, which is where node-soap's own words and `__proto__` begin. */
function elementName(name: string, path: string): string {
  if (PLAIN_NAME.test(name) && name !== 'attributes') return name;
  throw new NotCarried(path, `has a name that is no element's: ${JSON.stringify(name.slice(0, 60))}`);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
