import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Answers 403 to whatever a web page sends, known by an `Origin`, a `Host` that is not this machine's, or a browser's note
 * that another site asks. A page of any site reaches loopback, and these servers ask for no more than being here.
 */
export function refuseWebPages(server: Server): void {
  const handlers = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const problem = webPageIn(request);
    if (problem === null) {
      for (const handle of handlers) handle.call(server, request, response);
      return;
    }
    response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
    response.end(`${problem}: these servers answer programs on this machine, and no web page\n`);
  });
}

/** Why a request may be a web page's; null if it is a program's. */
function webPageIn({ headers }: IncomingMessage): string | null {
  if (headers.origin !== undefined) return 'the request has an Origin';
  if (headers.host !== undefined && !OWN_HOST.test(headers.host)) return 'the request is for another host';
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'none' ? null : 'the request comes from a page';
}

const OWN_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
