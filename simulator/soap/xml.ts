import { XMLParser, XMLValidator } from 'fast-xml-parser';

export const MKTOWS_NAMESPACE = 'http://www.marketo.com/mktows/';
export const ENVELOPE_NAMESPACE = 'http://schemas.xmlsoap.org/soap/envelope/';
const INSTANCE_NAMESPACE = 'http://www.w3.org/2001/XMLSchema-instance';

/** One element of a request. Plain values only, so that a journal can hold it. */
export interface Element {
  readonly name: string;
  /** Empty for an unqualified element, which is what every child of `params<Op>` is. */
  readonly namespace: string;
  /** Character data of the element itself, exactly as sent. */
  readonly text: string;
  readonly children: readonly Element[];
  /** Local name of `xsi:type`; its prefix must stand for the mktows namespace. */
  readonly type?: string;
  /** `xsi:nil="true"`. */
  readonly nil?: true;
}

/** The bytes are not XML that a strict parser would take. */
export class NotWellFormed extends Error {}

// Entities are decoded below, not by the parser: it would also expand what a DOCTYPE declares.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: '#cdata',
  textNodeName: '#text',
  ignoreDeclaration: true,
  ignorePiTags: true,
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this refuses
const FORBIDDEN_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** Parses a document into its root element. Stricter than fast-xml-parser alone, which lets through what XML 1.0 forbids. */
export function parseXml(document: string): Element {
  refuseWhatTheParserWouldTake(document);
  const roots = nodesOf(parse(document)).filter((node) => tagOf(node) !== '#text');
  const [root] = roots;
  if (root === undefined || roots.length !== 1) throw new NotWellFormed('there must be one root element');
  return toElement(root, new Map());
}

function refuseWhatTheParserWouldTake(document: string): void {
  const valid = XMLValidator.validate(document);
  if (valid !== true) throw new NotWellFormed(valid.err.msg);
  if (FORBIDDEN_IN_XML.test(document)) throw new NotWellFormed('a character that XML 1.0 forbids');
  if (/<!DOCTYPE/i.test(document)) throw new NotWellFormed('SOAP 1.1 forbids a DOCTYPE');
}

function parse(document: string): unknown {
  try {
    return parser.parse(document);
  } catch (error) {
    throw new NotWellFormed(error instanceof Error ? error.message : String(error));
  }
}

type Node = Record<string, unknown>;
type Prefixes = ReadonlyMap<string, string>;

function nodesOf(value: unknown): Node[] {
  return Array.isArray(value) ? value : [];
}

function tagOf(node: Node): string {
  return Object.keys(node).find((key) => key !== ':@') ?? '';
}

function toElement(node: Node, outer: Prefixes): Element {
  const tag = tagOf(node);
  const attributes = attributesOf(node);
  const prefixes = withDeclarations(outer, attributes);
  const { namespace, name } = resolve(tag, prefixes);
  const content = nodesOf(node[tag]);
  const children = content
    .filter((child) => !tagOf(child).startsWith('#'))
    .map((child) => toElement(child, prefixes));
  const text = content.map(textOf).join('');
  // White space between children is layout: the same params laid out otherwise are the same params.
  const element = { name, namespace, text: children.length > 0 && text.trim() === '' ? '' : text, children };
  return { ...element, ...instanceAttributes(attributes, prefixes) };
}

function attributesOf(node: Node): Map<string, string> {
  const raw = node[':@'];
  if (typeof raw !== 'object' || raw === null) return new Map();
  return new Map(Object.entries(raw).map(([name, value]) => [name, decode(String(value))]));
}

function withDeclarations(outer: Prefixes, attributes: ReadonlyMap<string, string>): Prefixes {
  const declared = [...attributes].filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (declared.length === 0) return outer;
  return new Map([...outer, ...declared.map(([name, uri]): [string, string] => [name.slice(6), uri])]);
}

function resolve(tag: string, prefixes: Prefixes): { namespace: string; name: string } {
  const colon = tag.indexOf(':');
  const prefix = colon < 0 ? '' : tag.slice(0, colon);
  const namespace = prefixes.get(prefix);
  if (prefix !== '' && namespace === undefined) throw new NotWellFormed(`prefix ${prefix} is not declared`);
  return { namespace: namespace ?? '', name: tag.slice(colon + 1) };
}

function instanceAttributes(
  attributes: ReadonlyMap<string, string>,
  prefixes: Prefixes,
): { type?: string; nil?: true } {
  const found: { type?: string; nil?: true } = {};
  for (const [attribute, value] of attributes) {
    if (!attribute.includes(':') || attribute.startsWith('xml')) continue;
    const { namespace, name } = resolve(attribute, prefixes);
    if (namespace !== INSTANCE_NAMESPACE) continue;
    if (name === 'nil' && (value === 'true' || value === '1')) found.nil = true;
    if (name === 'type' && resolve(value, prefixes).namespace === MKTOWS_NAMESPACE)
      found.type = resolve(value, prefixes).name;
  }
  return found;
}

function textOf(node: Node): string {
  const text = node['#text'];
  if (typeof text === 'string') return characterData(text);
  return nodesOf(node['#cdata'])
    .map((part) => String(part['#text'] ?? ''))
    .join('');
}

function characterData(text: string): string {
  if (text.includes(']]>')) throw new NotWellFormed(']]> in character data');
  return decode(text);
}

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The five predefined entities and character references, once: `&amp;lt;` is the text `&lt;`. */
function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([^;&\s]*));?/g, (whole, hex, decimal, name) => {
    if (!whole.endsWith(';')) throw new NotWellFormed('a bare &');
    if (hex !== undefined) return character(Number.parseInt(hex, 16));
    if (decimal !== undefined) return character(Number.parseInt(decimal, 10));
    const predefined = PREDEFINED.get(name);
    if (predefined === undefined) throw new NotWellFormed(`entity ${whole} is not declared`);
    return predefined;
  });
}

function character(codePoint: number): string {
  const text = codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '\0';
  if (FORBIDDEN_IN_XML.test(text)) throw new NotWellFormed('a reference to a character that XML 1.0 forbids');
  return text;
}
