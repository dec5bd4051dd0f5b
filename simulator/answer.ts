import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes back over the wire. */
export type Answer =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'drip';
      readonly contentType: string;
      readonly body: string;
      readonly everyMs: number;
    }
  | { readonly kind: 'oversize'; readonly contentType: string; readonly bytes: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'stall'; readonly holdMs: number };

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
  response.writeHead(200, { 'content-type': answer.contentType });
  for (const character of answer.body) {
    if (response.destroyed) return;
    response.write(character);
    await pause(answer.everyMs);
  }
}

async function flood(answer: Answer & { kind: 'oversize' }, response: ServerResponse): Promise<void> {
  const chunk = ' '.repeat(64 * 1024);
  const hungUp = closed(response);
  response.writeHead(200, { 'content-type': answer.contentType });
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
