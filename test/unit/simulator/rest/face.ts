import { type Simulator, type SimulatorOptions, startSimulator } from '../../../../simulator/simulator.ts';
import { type Body, rest } from '../rest-caller.ts';

export const START = Date.parse('2026-11-22T18:00:00Z');

/** A simulator whose clock stands still until it is told, with limits that no test meets. */
export interface Face extends Simulator {
  now: number;
  get(path: string): Promise<Body>;
  post(path: string, json?: unknown): Promise<Body>;
  /** Writes a lead by its address, and gives its id. */
  lead(email: string, fields?: Readonly<Record<string, unknown>>): Promise<number>;
}

export async function startFace(options: SimulatorOptions = {}): Promise<Face> {
  const clock = () => face.now;
  const limits = { ratePerWindow: 100_000, dailyQuota: 100_000 };
  const simulator = await startSimulator({ clock, limits, ...options });
  const post = (path: string, json?: unknown) =>
    rest(simulator, 'POST', path, json === undefined ? {} : { json });
  const face: Face = {
    ...simulator,
    now: START,
    get: (path) => rest(simulator, 'GET', path),
    post,
    lead: async (email, fields = {}) => {
      const { result } = await post('/rest/v1/leads.json', { input: [{ email, ...fields }] });
      return Number(result?.[0]?.['id']);
    },
  };
  return face;
}
