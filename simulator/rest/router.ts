import { type Endpoint, endpointName } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { RestError } from './rest-error.ts';

export interface Route {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly path: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly segments: readonly string[];
}

const compiled: readonly Compiled[] = endpoints.map((endpoint) => ({
  endpoint,
  name: endpointName(endpoint),
  segments: endpoint.pattern.split('/'),
}));

/** The endpoint of a request, or 610 for a path that is none's, as one with a double slash is, and 605 for a method that the path does not have. */
export function route(method: string, path: string): Route | RestError {
  const given = path.split('/');
  const fitting = compiled.flatMap((candidate) => {
    const values = valuesIn(candidate.segments, given);
    return values === null ? [] : [{ ...candidate, values }];
  });
  const chosen = fitting.find(({ endpoint }) => endpoint.method === method);
  if (chosen !== undefined) return { endpoint: chosen.endpoint, name: chosen.name, path: chosen.values };
  return new RestError(fitting.length === 0 ? 610 : 605);
}

/** What stands where the pattern has names; null if the path is another. A path without names is asked first. */
function valuesIn(pattern: readonly string[], given: readonly string[]): Record<string, string> | null {
  if (pattern.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const match = /^\{(\w+)\}(.*)$/.exec(segment);
    const text = given[index] ?? '';
    if (match === null) {
      if (segment !== text) return null;
    } else {
      const [name, tail] = [match[1] ?? '', match[2] ?? ''];
      const value = decoded(text.slice(0, text.length - tail.length));
      if (!text.endsWith(tail) || value === null || value === '') return null;
      values[name] = value;
    }
  }
  return values;
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
