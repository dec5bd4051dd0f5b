import { assertNever } from './assert-never.ts';
import { renderFault, renderSuccess } from './envelope.ts';
import { ServiceFault } from './fault.ts';
import { tag } from './markup.ts';
import type { Action } from './script.ts';

/** What goes back over the wire. */
export type Answer =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'drip'; readonly body: string; readonly everyMs: number }
  | { readonly kind: 'oversize'; readonly bytes: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'stall'; readonly holdMs: number };

export const XML = 'text/xml; charset=utf-8';

export function success(operation: string, payload: { xml: string }): Answer & { kind: 'reply' } {
  return { kind: 'reply', status: 200, contentType: XML, body: renderSuccess(operation, payload) };
}

/** Marketo answers every fault with HTTP 500 (facts 2.4). */
export function faulty(fault: ServiceFault, status = 500): Answer {
  return { kind: 'reply', status, contentType: XML, body: renderFault(fault) };
}

type Scripted = Exclude<Action, { kind: 'proceed' | 'drip' }>;

/** The answer that an action puts in place of the true one. */
export function scriptedAnswer(action: Scripted, operation: string): Answer {
  switch (action.kind) {
    case 'drop':
      return { kind: 'drop' };
    case 'stall':
      return { kind: 'stall', holdMs: action.holdMs };
    case 'fault':
      return faulty(new ServiceFault(action.code, action.message), action.status);
    case 'garbage':
      return garbage(action, operation);
    case 'redirect':
      return {
        kind: 'reply',
        status: 302,
        contentType: XML,
        body: '',
        headers: { location: action.location },
      };
    case 'oversize':
      return { kind: 'oversize', bytes: action.bytes };
    case 'gone':
      return {
        kind: 'reply',
        status: action.status,
        contentType: 'text/html',
        body: page(`${action.status} Gone`),
      };
    default:
      return assertNever(action);
  }
}

type Garbage = Extract<Action, { kind: 'garbage' }>;

function garbage(action: Garbage, operation: string): Answer {
  const reply = (status: number, contentType: string, body: string): Answer => ({
    kind: 'reply',
    status: action.status ?? status,
    contentType,
    body,
  });
  switch (action.body) {
    case 'html':
      return reply(
        502,
        'text/html',
        '<!DOCTYPE html><html><head><title>502 Bad Gateway</title><body><p>Bad gateway<br>',
      );
    case 'wellformed-html':
      return reply(502, 'text/html', page('502 Bad Gateway'));
    case 'text':
      return reply(503, 'text/plain', 'upstream connect error or disconnect/reset before headers');
    case 'json':
      return reply(
        200,
        'application/json',
        '{"success":false,"errors":[{"code":"610","message":"Requested resource not found"}]}',
      );
    case 'truncated-xml':
      return reply(200, XML, renderSuccess(operation, tag('result')).slice(0, -40));
    case 'empty':
      return reply(200, XML, '');
    case 'other-operation':
      return reply(
        200,
        XML,
        renderSuccess(operation === 'getTags' ? 'getChannels' : 'getTags', tag('result')),
      );
    default:
      return assertNever(action.body);
  }
}

function page(title: string): string {
  return `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
}
