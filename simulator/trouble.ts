import type { Answer } from './answer.ts';
import type { Action } from './script.ts';

/** What puts an answer of its own in place of the true one. */
export type Replacing = Exclude<Action, { kind: 'proceed' | 'drip' | 'short-token' }>;

/** Trouble that has no words of either API. */
export function troubleOfTransport(
  action: Exclude<Replacing, { kind: 'fault' | 'garbage' }>,
  contentType: string,
): Answer {
  switch (action.kind) {
    case 'drop':
      return { kind: 'drop' };
    case 'stall':
      return { kind: 'stall', holdMs: action.holdMs };
    case 'redirect':
      return { kind: 'reply', status: 302, contentType, body: '', headers: { location: action.location } };
    case 'oversize':
      return { kind: 'oversize', contentType, bytes: action.bytes };
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

/** What a gateway in front of either API says. */
export function gatewayPage(kind: 'html' | 'wellformed-html' | 'text', status: number | undefined): Answer {
  const reply = (usual: number, contentType: string, body: string): Answer => ({
    kind: 'reply',
    status: status ?? usual,
    contentType,
    body,
  });
  switch (kind) {
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
    default:
      return assertNever(kind);
  }
}

function page(title: string): string {
  return `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
}

/** Makes a `switch` over a union exhaustive: a member that is not handled fails to compile. */
function assertNever(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}
