import type { Answer } from '../answer.ts';
import { gatewayPage, type Replacing, troubleOfTransport } from '../trouble.ts';
import type { RestResult } from './endpoint.ts';
import { messageOf, RestError } from './rest-error.ts';

export const JSON_TYPE = 'application/json;charset=UTF-8';

/** Which of the two dialects an answer is in: asset answers always have `errors` and `warnings`. */
export type Dialect = 'lead-database' | 'asset';

export const dialectOf = (path: string): Dialect =>
  path.startsWith('/rest/asset/') ? 'asset' : 'lead-database';

export function success(result: RestResult, dialect: Dialect, requestId: string): Answer {
  if (result.kind === 'file') return reply(200, 'text/csv', result.body);
  const { rows, nextPageToken, moreResult, warnings = [] } = result;
  const members = {
    requestId,
    ...(rows === null ? {} : { result: rows }),
    success: true,
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(moreResult === undefined ? {} : { moreResult }),
  };
  return json(dialect === 'asset' ? { ...members, errors: [], warnings } : members);
}

/** Errors are HTTP 200, and the code is a string (docs/marketo-facts.md). */
export function failure(
  error: { code: number; message: string },
  dialect: Dialect,
  requestId: string,
): Answer {
  const errors = [{ code: String(error.code), message: error.message }];
  const members = { requestId, success: false, errors };
  return json(dialect === 'asset' ? { ...members, warnings: [] } : members);
}

/** Codes that are statuses of HTTP, not of a body. */
const HTTP_CODES: ReadonlySet<number> = new Set([401, 404, 413, 414, 500, 502, 503, 504]);

export function httpRefusal(status: number): Answer & { kind: 'reply' } {
  return reply(
    status,
    'text/html',
    `<html><head><title>${status}</title></head><body>${status}</body></html>`,
  );
}

/** The answer that an action puts in place of the true one, which is null if nothing ran. */
export function scriptedAnswer(
  action: Replacing,
  answer: Answer | null,
  dialect: Dialect,
  requestId: string,
): Answer {
  switch (action.kind) {
    case 'fault': {
      const { code, status, message = messageOf(code) } = action;
      if (status === undefined && HTTP_CODES.has(code)) return httpRefusal(code);
      const said = failure(new RestError(code, message), dialect, requestId);
      return said.kind === 'reply' ? { ...said, status: status ?? 200 } : said;
    }
    case 'garbage':
      return garbage(action, answer, dialect, requestId);
    default:
      return troubleOfTransport(action, JSON_TYPE);
  }
}

function garbage(
  action: Extract<Replacing, { kind: 'garbage' }>,
  answer: Answer | null,
  dialect: Dialect,
  requestId: string,
): Answer {
  const status = action.status ?? 200;
  switch (action.body) {
    case 'json':
      return reply(status, JSON_TYPE, '{"status":"UP"}');
    case 'truncated':
    case 'truncated-xml':
      return reply(status, JSON_TYPE, torn(answer, requestId));
    case 'empty':
      return reply(status, JSON_TYPE, '');
    case 'other-operation':
      return { ...otherResource(dialect, requestId), status };
    default:
      return gatewayPage(action.body, action.status);
  }
}

/** The true answer without its end, or of one that there never was. */
function torn(answer: Answer | null, requestId: string): string {
  const whole =
    answer?.kind === 'reply'
      ? answer.body
      : JSON.stringify({ requestId, result: [{ id: 1 }], success: true });
  return whole.slice(0, -Math.ceil(whole.length / 4));
}

/** What another resource would say: whole, well-formed, and none of this one's rows. */
function otherResource(dialect: Dialect, requestId: string): Answer & { kind: 'reply' } {
  const channel = { id: 4, name: 'Webinar', applicableProgramType: 'event', progressionStatuses: [] };
  const usage = { date: '2026-01-01', total: 1, users: [] };
  return json({ requestId, result: [dialect === 'asset' ? usage : channel], success: true });
}

function json(value: unknown): Answer & { kind: 'reply' } {
  return reply(200, JSON_TYPE, JSON.stringify(value));
}

function reply(status: number, contentType: string, body: string): Answer & { kind: 'reply' } {
  return { kind: 'reply', status, contentType, body };
}
