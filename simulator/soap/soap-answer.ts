import type { Answer } from '../answer.ts';
import { gatewayPage, type Replacing, troubleOfTransport } from '../trouble.ts';
import { renderFault, renderSuccess } from './envelope.ts';
import { ServiceFault } from './fault.ts';
import { tag } from './markup.ts';

const XML = 'text/xml; charset=utf-8';

export function success(operation: string, payload: { xml: string }): Answer {
  return { kind: 'reply', status: 200, contentType: XML, body: renderSuccess(operation, payload) };
}

/** Marketo answers every fault with HTTP 500 (docs/marketo-facts.md). */
export function faulty(fault: ServiceFault, status = 500): Answer {
  return { kind: 'reply', status, contentType: XML, body: renderFault(fault) };
}

/** The answer that an action puts in place of the true one. */
export function scriptedAnswer(action: Replacing, operation: string): Answer {
  switch (action.kind) {
    case 'fault':
      return faulty(new ServiceFault(action.code, action.message), action.status);
    case 'garbage':
      return garbage(action, operation);
    default:
      return troubleOfTransport(action, XML);
  }
}

function garbage(action: Extract<Replacing, { kind: 'garbage' }>, operation: string): Answer {
  const reply = (status: number, contentType: string, body: string): Answer => ({
    kind: 'reply',
    status: action.status ?? status,
    contentType,
    body,
  });
  switch (action.body) {
    case 'json':
      return reply(
        200,
        'application/json',
        '{"success":false,"errors":[{"code":"610","message":"Requested resource not found"}]}',
      );
    case 'truncated':
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
      return gatewayPage(action.body, action.status);
  }
}
