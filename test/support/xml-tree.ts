import { XMLParser } from 'fast-xml-parser';

/** An element as it reads, without prefixes: its name, its xsi:type if it has one, and its children or its text. */
export interface XmlTree {
  readonly name: string;
  readonly type?: string;
  readonly content: readonly XmlTree[] | string;
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  trimValues: false,
  parseTagValue: false,
  processEntities: true,
  htmlEntities: true,
  ignoreDeclaration: true,
});

/** Reads XML with a parser that is not node-soap's. White space between elements is dropped, every other text kept. */
export function xmlTree(xml: string): XmlTree {
  const roots = elements(parser.parse(xml));
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new Error('no single root element');
  return root;
}

type Node = Record<string, unknown>;

const isNodes = (value: unknown): value is Node[] => Array.isArray(value);

function elements(nodes: unknown): XmlTree[] {
  if (!isNodes(nodes)) throw new Error('not a list of nodes');
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    return name === undefined ? [] : [element(name, node)];
  });
}

function element(name: string, node: Node): XmlTree {
  const attributes = (node[':@'] ?? {}) as Record<string, unknown>;
  const type = attributes['type'];
  const inner = node[name];
  const children = elements(inner);
  const content = children.length > 0 ? children : textOf(inner);
  return typeof type === 'string' ? { name, type: type.replace(/^.*:/, ''), content } : { name, content };
}

function textOf(nodes: unknown): string {
  if (!isNodes(nodes)) return '';
  return nodes.map((node) => String(node['#text'] ?? '')).join('');
}
