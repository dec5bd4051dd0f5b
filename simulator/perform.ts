import { type Answer, pause } from './answer.ts';
import type { Action, Cue, Script } from './script.ts';
import type { Replacing } from './trouble.ts';
import type { Entry, Outcome } from './witness.ts';
import type { World } from './world.ts';

export interface Latency {
  readonly minMs: number;
  readonly maxMs: number;
}

/** What both faces share. */
export interface Service {
  readonly world: World;
  script: Script;
  readonly latency: Latency;
  readonly clock: () => number;
  readonly random: () => number;
}

/** One admitted request, as its face answers it. */
export interface Turn {
  readonly entry: Entry;
  readonly cue: Cue;
  run(): Answer;
  /** The answer that an action puts in place of the true one; null if nothing ran. */
  replaced(action: Replacing, answer: Answer | null): Answer;
}

/** Half of the latency passes before the work and half after it, so that a client can die in either. */
export async function perform(service: Service, turn: Turn): Promise<Answer> {
  const { delayMs, action } = turn.cue;
  const halfMs = latencyMs(service) / 2;
  await pause(delayMs + halfMs);
  if (preventsExecution(action)) {
    service.world.end(turn.entry, outcomeOf(action));
    return turn.replaced(action, null);
  }
  const answer = turn.run();
  await pause(halfMs);
  return afterwards(turn, action, answer);
}

function latencyMs({ latency, random }: Service): number {
  return latency.minMs + (latency.maxMs - latency.minMs) * random();
}

function preventsExecution(action: Action): action is Replacing {
  if (action.kind === 'proceed' || action.kind === 'drip' || action.kind === 'short-token') return false;
  return action.kind === 'gone' || action.when === 'before';
}

function outcomeOf(action: Replacing): Outcome {
  switch (action.kind) {
    case 'drop':
      return 'dropped-before';
    case 'stall':
      return 'stalled-before';
    case 'fault':
      return `rejected:${action.code}`;
    case 'gone':
      return 'gone';
    default:
      return 'garbled-before';
  }
}

function afterwards(turn: Turn, action: Action, answer: Answer): Answer {
  if (action.kind === 'proceed' || action.kind === 'short-token') return answer;
  if (action.kind !== 'drip') return turn.replaced(action, answer);
  if (answer.kind !== 'reply') return answer;
  const { contentType, body } = answer;
  return { kind: 'drip', contentType, body, everyMs: action.everyMs };
}
