import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
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

const XML = 'text/xml; charset=utf-8';

export function success(operation: string, payload: { xml: string }): Answer & { kind: 'reply' } {
  return { kind: 'reply', status: 200, contentType: XML, body: renderSuccess(operation, payload) };
}

/** Marketo answers every fault with HTTP 500 (docs/marketo-facts.md). */
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

/**
 * Hands an answer to the network. `onHandOver` runs just before the last byte: the books know of an answer before any
 * client can, and the client's next call does not meet its last one among the concurrent.
 */
export async function deliver(
  answer: Answer,
  response: ServerResponse,
  onHandOver: () => void,
): Promise<void> {
  switch (answer.kind) {
    case 'reply':
      response.writeHead(answer.status, { 'content-type': answer.contentType, ...answer.headers });
      return finish(response, answer.body, onHandOver);
    case 'drip':
      await drip(answer, response);
      return finish(response, '', onHandOver);
    case 'oversize':
      await flood(answer, response);
      return finish(response, '', onHandOver);
    case 'drop':
      response.destroy();
      return;
    case 'stall':
      await closed(response);
      return pause(answer.holdMs);
    default:
      return assertNever(answer);
  }
}

/** Time that passes inside a call; it keeps no process alive. */
export async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { ref: false });
}

function finish(response: ServerResponse, body: string, onHandOver: () => void): void {
  if (response.destroyed) return;
  onHandOver();
  response.end(body);
}

async function drip(answer: Answer & { kind: 'drip' }, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': XML });
  for (const character of answer.body) {
    if (response.destroyed) return;
    response.write(character);
    await pause(answer.everyMs);
  }
}

async function flood(answer: Answer & { kind: 'oversize' }, response: ServerResponse): Promise<void> {
  const chunk = ' '.repeat(64 * 1024);
  const hungUp = closed(response);
  response.writeHead(200, { 'content-type': XML });
  for (let sent = 0; sent < answer.bytes && !response.destroyed; sent += chunk.length) {
    if (!response.write(chunk)) await Promise.race([drained(response), hungUp]);
  }
}

function closed(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => response.once('close', () => resolve()));
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', () => resolve()));
}

/** Makes a `switch` over a union exhaustive: a member that is not handled fails to compile. */
function assertNever(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}
