/** What the queue has to know of a transport beside how to speak it. `infra/` may import this file. */
export interface TransportFacts {
  /** Calls per civil day, unless the subscription says otherwise. */
  readonly dailyQuota: number;
  /** How long after its start Marketo may still be working on a call whose answer never came. */
  readonly serverDoneMs: number;
  /** What an operator has to read when the endpoint is not there any more. */
  readonly endpointGone: string;
}

export const TRANSPORTS = {
  soap: {
    dailyQuota: 10_000,
    // Adobe's longest server-side timeout (merge, 180 s) is the best figure there is for SOAP.
    serverDoneMs: 180_000,
    // Adobe's own words are gone with the endpoint.
    endpointGone:
      'Adobe removed the Marketo SOAP endpoint on 2026-07-31; MARKETO_TRANSPORT=rest is the way on',
  },
  rest: {
    dailyQuota: 50_000,
    // A merge; what takes longer (uploads, assets) says so for each request.
    serverDoneMs: 180_000,
    endpointGone:
      'nothing answers at MARKETO_REST_ENDPOINT: check that it is the address of this instance, as Marketo shows it under Admin, Web Services',
  },
} as const satisfies Readonly<Record<string, TransportFacts>>;

export type TransportName = keyof typeof TRANSPORTS;
