import { XMLParser } from 'fast-xml-parser';

/** An element with its name in full, so that prefixes and their declarations make no difference. */
export interface CanonicalElement {
  /** `{namespace}local`, or `local` in no namespace. */
  readonly name: string;
  /** Only the attributes that mean something; the value of `xsi:type` with its prefix resolved. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly CanonicalElement[];
  /** The text exactly as it was, if there are no children. */
  readonly text: string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: true,
  // For character references such as &#10;.
  htmlEntities: true,
  ignoreDeclaration: true,
});

type Node = Readonly<Record<string, unknown>>;
type Scope = ReadonlyMap<string, string>;

const ATTRIBUTES = ':@';
const TEXT = '#text';

/** Reads an XML text with a parser that is not the product's. White space between elements is dropped, inside a leaf it is kept. */
export function canonicalXml(xml: string): CanonicalElement {
  const roots = (parser.parse(xml) as Node[]).filter((node) => !(TEXT in node));
  const [root] = roots;
  if (root === undefined || roots.length !== 1) throw new Error(`${roots.length} root elements`);
  return element(root, new Map());
}

function element(node: Node, outer: Scope): CanonicalElement {
  const tag = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
  const attributes = (node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>;
  const scope = new Map(outer);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'xmlns') scope.set('', value);
    else if (name.startsWith('xmlns:')) scope.set(name.slice(6), value);
  }
  const inner = node[tag] as readonly Node[];
  const children = inner.filter((child) => !(TEXT in child)).map((child) => element(child, scope));
  const text = inner.map((child) => String(child[TEXT] ?? '')).join('');
  return {
    name: resolved(tag, scope, scope.get('')),
    attributes: meaningful(attributes, scope),
    children,
    text: children.length === 0 ? text : '',
  };
}

function meaningful(attributes: Readonly<Record<string, string>>, scope: Scope): Record<string, string> {
  const kept = Object.entries(attributes).filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'));
  return Object.fromEntries(
    kept.map(([name, value]) => {
      const full = resolved(name, scope, undefined);
      return [full, full.endsWith('}type') ? resolved(value, scope, scope.get('')) : value];
    }),
  );
}

function resolved(name: string, scope: Scope, fallback: string | undefined): string {
  const [prefix, local] = name.includes(':') ? name.split(':', 2) : [null, name];
  const namespace = prefix === null ? fallback : scope.get(prefix);
  if (prefix !== null && namespace === undefined) throw new Error(`the prefix ${prefix} is declared nowhere`);
  return namespace === undefined || namespace === '' ? `${local}` : `{${namespace}}${local}`;
}
