import { faultString, type ServiceFault } from './fault.ts';
import { escapeXml, type Markup } from './markup.ts';
import { type Element, ENVELOPE_NAMESPACE, MKTOWS_NAMESPACE, NotWellFormed, parseXml } from './xml.ts';

export interface Authentication {
  readonly userId: string;
  readonly signature: string;
  readonly timestamp: string;
}

export interface SoapRequest {
  readonly kind: 'request';
  readonly operation: string;
  readonly params: Element;
  readonly authentication: Authentication | null;
  /** MktowsContextHeader/targetWorkspace. */
  readonly workspace: string | null;
}

interface Unintelligible {
  readonly kind: 'unintelligible';
  readonly why: string;
}

/** Reads an envelope by the body's root element: SOAPAction is ignored, as a published client sends it empty. */
export function parseEnvelope(document: string): SoapRequest | Unintelligible {
  try {
    return readEnvelope(parseXml(document));
  } catch (error) {
    if (error instanceof NotWellFormed) return { kind: 'unintelligible', why: error.message };
    throw error;
  }
}

function readEnvelope(root: Element): SoapRequest | Unintelligible {
  if (root.name !== 'Envelope' || root.namespace !== ENVELOPE_NAMESPACE)
    return unintelligible('not a SOAP 1.1 envelope');
  const body = inNamespace(root, 'Body', ENVELOPE_NAMESPACE);
  const params = body?.children[0];
  if (params === undefined || body?.children.length !== 1)
    return unintelligible('the body must hold one element');
  if (params.namespace !== MKTOWS_NAMESPACE || !params.name.startsWith('params')) {
    return unintelligible(`{${params.namespace}}${params.name} is not params<Operation> of mktows`);
  }
  const header = inNamespace(root, 'Header', ENVELOPE_NAMESPACE);
  return {
    kind: 'request',
    operation: lowerFirst(params.name.slice('params'.length)),
    params,
    authentication: authenticationOf(header),
    workspace: contextOf(header),
  };
}

function unintelligible(why: string): Unintelligible {
  return { kind: 'unintelligible', why };
}

function authenticationOf(header: Element | undefined): Authentication | null {
  const fields = inNamespace(header, 'AuthenticationHeader', MKTOWS_NAMESPACE);
  if (fields === undefined) return null;
  const field = (name: string) => inNamespace(fields, name, '')?.text ?? '';
  return {
    userId: field('mktowsUserId'),
    signature: field('requestSignature'),
    timestamp: field('requestTimestamp'),
  };
}

function contextOf(header: Element | undefined): string | null {
  const context = inNamespace(header, 'MktowsContextHeader', MKTOWS_NAMESPACE);
  return inNamespace(context, 'targetWorkspace', '')?.text ?? null;
}

function inNamespace(parent: Element | undefined, name: string, namespace: string): Element | undefined {
  return parent?.children.find((child) => child.name === name && child.namespace === namespace);
}

export function renderSuccess(operation: string, content: Markup): string {
  const root = `ns1:success${upperFirst(operation)}`;
  return envelope(
    ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:ns1="${MKTOWS_NAMESPACE}"`,
    `<${root}>${content.xml}</${root}>`,
  );
}

/** The documented shape (docs/marketo-facts.md). Every captured fault says `Client`, the server's own included. */
export function renderFault(fault: ServiceFault): string {
  const { code } = fault;
  return envelope(
    '',
    `<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>${code} - ${escapeXml(faultString(code))}</faultstring>` +
      `<detail><ns1:serviceException xmlns:ns1="${MKTOWS_NAMESPACE}"><name>mktServiceException</name>` +
      `<message>${escapeXml(fault.message)} (${code})</message><code>${code}</code></ns1:serviceException></detail></SOAP-ENV:Fault>`,
  );
}

function envelope(namespaces: string, body: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<SOAP-ENV:Envelope xmlns:SOAP-ENV="${ENVELOPE_NAMESPACE}"${namespaces}><SOAP-ENV:Body>${body}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n`
  );
}

// paramsListMObjects -> listMObjects.
const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const upperFirst = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
