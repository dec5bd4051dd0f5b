import {
  isChoice,
  isEnumeration,
  isList,
  isOptional,
  isSequence,
  type Sequence,
  unwrap,
} from '../operations/check-params.ts';
import { OPERATION_NAMES } from '../operations/operation-names.ts';
import { OPERATIONS, type OperationName } from '../operations/registry.ts';
import { ATTRIBUTE_NAMES, int, optional, type Schema, sequence, text, xsdName } from '../operations/xsd.ts';
import { REPLIES } from './reply-types.ts';

const MKTOWS_NAMESPACE = 'http://www.marketo.com/mktows/';

/** Every instance has an endpoint of its own; whoever calls this one has forgotten to say which. */
const PLACEHOLDER_ADDRESS = 'https://instance.invalid/soap/mktows/3_1';

const AuthenticationHeader = sequence('AuthenticationHeader', {
  mktowsUserId: text,
  requestSignature: text,
  requestTimestamp: text,
  partnerId: optional(text),
  audit: optional(text),
  mode: optional(int),
});

const MktowsContextHeader = sequence('MktowsContextHeader', { targetWorkspace: text });

const HEADERS = [AuthenticationHeader, MktowsContextHeader] as const;

/** The one operation whose binding knows MktowsContextHeader. */
const WITH_WORKSPACE: ReadonlySet<string> = new Set(['syncLead']);

/**
 * The WSDL 3_1 of these operations, as the operation table has it: SOAP 1.1, document/literal bare, only the roots in the
 * namespace. node-soap takes the longer to read it the more of them there are.
 */
export function marketoWsdl(operations: readonly OperationName[] = OPERATION_NAMES): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="${MKTOWS_NAMESPACE}" targetNamespace="${MKTOWS_NAMESPACE}">`,
    '<wsdl:types>',
    `<xs:schema targetNamespace="${MKTOWS_NAMESPACE}" elementFormDefault="unqualified" attributeFormDefault="unqualified">`,
    ...schemaLines(operations),
    '</xs:schema>',
    '</wsdl:types>',
    ...HEADERS.map((header) => message(xsdName(header), xsdName(header))),
    ...operations.flatMap((name) => [message(paramsElement(name)), message(successElement(name))]),
    '<wsdl:portType name="MktowsPort">',
    ...operations.map(portOperation),
    '</wsdl:portType>',
    '<wsdl:binding name="MktowsApiSoapBinding" type="tns:MktowsPort">',
    '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>',
    ...operations.map(boundOperation),
    '</wsdl:binding>',
    '<wsdl:service name="MktMktowsApiService">',
    '<wsdl:port name="MktowsApiSoapPort" binding="tns:MktowsApiSoapBinding">',
    `<soap:address location="${PLACEHOLDER_ADDRESS}"/>`,
    '</wsdl:port>',
    '</wsdl:service>',
    '</wsdl:definitions>',
  ].join('\n');
}

function message(name: string, element = name): string {
  return `<wsdl:message name="${name}"><wsdl:part name="${element}" element="tns:${element}"/></wsdl:message>`;
}

function portOperation(name: OperationName): string {
  return `<wsdl:operation name="${name}"><wsdl:input message="tns:${paramsElement(name)}"/><wsdl:output message="tns:${successElement(name)}"/></wsdl:operation>`;
}

function boundOperation(name: OperationName): string {
  const headers = WITH_WORKSPACE.has(name) ? HEADERS : [AuthenticationHeader];
  const uses = headers.map((header) => {
    const element = xsdName(header);
    return `<soap:header use="literal" message="tns:${element}" part="${element}"/>`;
  });
  return [
    `<wsdl:operation name="${name}">`,
    `<soap:operation soapAction="${MKTOWS_NAMESPACE}${name}" style="document"/>`,
    `<wsdl:input><soap:body use="literal" parts="${paramsElement(name)}"/>${uses.join('')}</wsdl:input>`,
    '<wsdl:output><soap:body use="literal"/></wsdl:output>',
    '</wsdl:operation>',
  ].join('');
}

function schemaLines(operations: readonly OperationName[]): readonly string[] {
  const types = new NamedTypes();
  const roots: string[] = [];
  for (const header of HEADERS) roots.push(root(xsdName(header), types.reference(header)));
  for (const name of operations) {
    const answer = sequence(capitalised(successElement(name)), REPLIES[name]);
    roots.push(root(paramsElement(name), types.reference(OPERATIONS[name].params)));
    roots.push(root(successElement(name), types.reference(answer)));
  }
  return [...types.declarations(), ...roots];
}

function root(name: string, type: string): string {
  return `<xs:element name="${name}" type="${type}"/>`;
}

const paramsElement = (name: OperationName): string => `params${capitalised(name)}`;

export const successElement = (name: OperationName): string => `success${capitalised(name)}`;

function capitalised(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

const BUILT_IN: ReadonlySet<string> = new Set(['string', 'int', 'long', 'boolean', 'dateTime']);

/** Declares each named type the first time something refers to it. One name, one declaration: the table shares its types. */
class NamedTypes {
  readonly #declared = new Map<string, string>();

  declarations(): readonly string[] {
    return [...this.#declared.values()];
  }

  reference(schema: Schema, base?: string): string {
    const name = xsdName(schema);
    if (BUILT_IN.has(name)) return `xs:${name}`;
    if (!this.#declared.has(name)) {
      // The place is taken before the children are visited, so that the order is the one of first mention.
      this.#declared.set(name, '');
      this.#declared.set(name, this.#declaration(name, schema, base));
    }
    return `tns:${name}`;
  }

  #declaration(name: string, schema: Schema, base: string | undefined): string {
    if (isEnumeration(schema)) return simpleType(name, schema.options);
    if (isChoice(schema)) {
      for (const option of schema.options) this.reference(option, name);
      return `<xs:complexType name="${name}" abstract="true"><xs:sequence/></xs:complexType>`;
    }
    if (isSequence(schema)) return complexType(name, this.#children(schema), base);
    throw new Error(`the WSDL has no form for ${name}, a schema of type ${schema.type}`);
  }

  #children(schema: Sequence): string {
    return Object.entries(schema.entries)
      .filter(([name]) => !ATTRIBUTE_NAMES.has(name))
      .map(([name, child]) => this.#element(name, child))
      .join('');
  }

  #element(name: string, child: Schema): string {
    const inner = unwrap(child);
    const type = this.reference(isList(inner) ? inner.item : inner);
    return `<xs:element name="${name}" type="${type}"${occurrence(child)}/>`;
  }
}

function occurrence(child: Schema): string {
  if (isList(unwrap(child))) return ' minOccurs="0" maxOccurs="unbounded"';
  if (!isOptional(child)) return '';
  return child.type === 'nullish' ? ' minOccurs="0" nillable="true"' : ' minOccurs="0"';
}

function simpleType(name: string, values: readonly string[]): string {
  const lines = values.map((value) => `<xs:enumeration value="${value}"/>`).join('');
  return `<xs:simpleType name="${name}"><xs:restriction base="xs:string">${lines}</xs:restriction></xs:simpleType>`;
}

function complexType(name: string, children: string, base: string | undefined): string {
  const body = `<xs:sequence>${children}</xs:sequence>`;
  const content =
    base === undefined
      ? body
      : `<xs:complexContent><xs:extension base="tns:${base}">${body}</xs:extension></xs:complexContent>`;
  return `<xs:complexType name="${name}">${content}</xs:complexType>`;
}
