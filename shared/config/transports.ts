/** What the queue has to know of a transport beside how to speak it. `infra/` may import this file. */
export interface TransportFacts {
  /** Calls per civil day, unless the subscription says otherwise. */
  readonly dailyQuota: number;
  /** How long after its start Marketo may still be working on a call whose answer never came, whichever it was. */
  readonly serverDoneMs: number;
  /** What an operator has to read when nothing is at the address, which is that of the request. */
  readonly endpointGone: (url: string) => string;
}

/** Where Adobe's SOAP was. A gateway of somebody's own has another name, and its 404 another reason. */
const isAdobeSoap = (url: string): boolean =>
  URL.canParse(url) && /(?:^|\.)mktoapi\.com\.?$/i.test(new URL(url).hostname);

export const TRANSPORTS = {
  soap: {
    dailyQuota: 10_000,
    // Adobe's longest server-side timeout (merge, 180 s) is the best figure there is for SOAP.
    serverDoneMs: 180_000,
    // Adobe's own words are gone with the endpoint.
    endpointGone: (url) =>
      isAdobeSoap(url)
        ? 'Adobe removed this endpoint on 2026-07-31: docs/moving-from-soap.md says how to move to REST'
        : 'nothing answers at MARKETO_SOAP_ENDPOINT: check that it is the address of your gateway, with its path',
  },
  rest: {
    dailyQuota: 50_000,
    // An upload, or an update of a program: of a worker that was killed nobody knows what it had announced.
    serverDoneMs: 300_000,
    endpointGone: () =>
      'nothing answers where Marketo should: check that MARKETO_REST_ENDPOINT and MARKETO_IDENTITY_ENDPOINT are the addresses of this instance, as Marketo shows them under Admin, Web Services',
  },
} as const satisfies Readonly<Record<string, TransportFacts>>;

export type TransportName = keyof typeof TRANSPORTS;
