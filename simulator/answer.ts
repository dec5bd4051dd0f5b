import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
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

const XML = 'text/xml; charset=utf-8';

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

/** Hands an answer to the network; says whether all of it went. `leave` runs when the call is over for Marketo. */
export async function deliver(answer: Answer, response: ServerResponse, leave: () => void): Promise<boolean> {
  switch (answer.kind) {
    case 'reply':
      // The place is free before the client can know it: else its next call could meet its own last one.
      leave();
      response.writeHead(answer.status, { 'content-type': answer.contentType, ...answer.headers });
      return finished(response, answer.body);
    case 'drip':
      return drip(answer, response);
    case 'oversize':
      return flood(answer, response);
    case 'drop':
      response.destroy();
      return false;
    case 'stall':
      await closed(response);
      await sleep(answer.holdMs, undefined, { ref: false });
      return false;
    default:
      return assertNever(answer);
  }
}

async function drip(answer: Answer & { kind: 'drip' }, response: ServerResponse): Promise<boolean> {
  response.writeHead(200, { 'content-type': XML });
  for (const character of answer.body) {
    if (response.destroyed) return false;
    response.write(character);
    await sleep(answer.everyMs, undefined, { ref: false });
  }
  return finished(response, '');
}

async function flood(answer: Answer & { kind: 'oversize' }, response: ServerResponse): Promise<boolean> {
  const chunk = ' '.repeat(64 * 1024);
  response.writeHead(200, { 'content-type': XML });
  for (let sent = 0; sent < answer.bytes; sent += chunk.length) {
    if (response.destroyed) return false;
    if (!response.write(chunk)) await Promise.race([drained(response), closed(response)]);
  }
  return finished(response, '');
}

function finished(response: ServerResponse, body: string): Promise<boolean> {
  return new Promise((resolve) => {
    response.once('close', () => resolve(response.writableFinished));
    response.end(body, () => resolve(true));
  });
}

function closed(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => response.once('close', () => resolve()));
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('drain', () => resolve()));
}
