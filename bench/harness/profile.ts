import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** Whose time a sample is: the first owner whose pattern the address of a script matches, from the innermost call outwards. */
export type Owners = Readonly<Record<string, RegExp>>;

const IDLE: ReadonlySet<string> = new Set(['(idle)', '(program)']);
const COLLECTOR = '(garbage collector)';

/** Each owner's part of what `node --cpu-prof` saw a process do, beside `garbage collection` and `the rest`; together 1. */
export function partsOf(dir: string, owners: Owners): ReadonlyMap<string, number> {
  const [file] = readdirSync(dir).filter((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`no profile was written to ${dir}`);
  const profile = JSON.parse(readFileSync(join(dir, file), 'utf8')) as Profile;
  const ownerOf = ownersByNode(profile, owners);
  const times = new Map<string, number>();
  let all = 0;
  for (const [i, node] of profile.samples.entries()) {
    const owner = ownerOf.get(node);
    if (owner === undefined || owner === null) continue;
    const delta = profile.timeDeltas[i] ?? 0;
    times.set(owner, (times.get(owner) ?? 0) + delta);
    all += delta;
  }
  return new Map([...times].map(([owner, time]) => [owner, time / all]));
}

/** Null for what is no work. Nodes come before their children. */
function ownersByNode({ nodes }: Profile, owners: Owners): ReadonlyMap<number, string | null> {
  const found = new Map<number, string | null>();
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  for (const { id, callFrame } of nodes) {
    const own = Object.keys(owners).find((owner) => owners[owner]?.test(callFrame.url));
    const around = found.get(parents.get(id) ?? -1) ?? 'the rest';
    if (IDLE.has(callFrame.functionName)) found.set(id, null);
    else if (callFrame.functionName === COLLECTOR) found.set(id, 'garbage collection');
    else found.set(id, own ?? around);
  }
  return found;
}
