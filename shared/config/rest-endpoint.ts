/** The two addresses of Marketo's REST API: a token goes to one of them alone, the secret to the other. */
export type RestEndpointKind = 'rest' | 'identity';

export type RestEndpoint =
  /** `url` has no slash at its end. */
  | { readonly kind: 'endpoint'; readonly url: string; readonly warning: string | null }
  /** Says what to change, and repeats nothing of the address: it may hold a password. */
  | { readonly kind: 'problem'; readonly problem: string };

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

const MARKETO = /^[a-z0-9-]+\.mktorest\.com$/;

/**
 * An address as Marketo's console shows it, `https://X.mktorest.com/rest` or `…/identity`. Pure and total. Another host is
 * taken, as there are proxies, and named in a warning.
 */
export function readRestEndpoint(kind: RestEndpointKind, value: string): RestEndpoint {
  const example = `https://X.mktorest.com/${kind}`;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return problem(`is not an address such as ${example}`);
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
    return problem('uses http, which would send every lead and the credentials in the clear: use https');
  if (url.username !== '' || url.password !== '')
    return problem(`holds a user name or a password: write ${example}`);
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(value))
    return problem(`has a query or a fragment: write ${example}`);
  const path = url.pathname.replace(/\/+$/, '');
  if (!path.endsWith(`/${kind}`) || path.includes('//'))
    return problem(`does not end in /${kind}: write ${example}`);
  const warning =
    MARKETO.test(url.hostname) || LOOPBACK.has(url.hostname)
      ? null
      : `is at ${url.hostname}, which is not Marketo's own: ${SENT[kind]} goes there`;
  return { kind: 'endpoint', url: `${url.origin}${path}`, warning };
}

const SENT: Readonly<Record<RestEndpointKind, string>> = {
  rest: 'every lead, with the token,',
  identity: "the client's secret",
};

const problem = (words: string): RestEndpoint => ({ kind: 'problem', problem: words });
