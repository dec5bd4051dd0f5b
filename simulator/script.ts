import * as v from 'valibot';

/*
 * How a test makes trouble. A rule sees only requests that got past the limits and the signature, so that a rejected
 * request never uses one up.
 */

const when = v.optional(v.picklist(['before', 'after']), 'before');
const GARBAGE = [
  'html',
  'wellformed-html',
  'text',
  'json',
  'truncated',
  /** The same as `truncated`. */
  'truncated-xml',
  'empty',
  'other-operation',
] as const;

const actionSchema = v.variant('kind', [
  /** Runs as usual. For a rule that only delays, or that lets the first ones through. */
  v.object({ kind: v.literal('proceed') }),
  /** The socket is destroyed without an answer. */
  v.object({ kind: v.literal('drop'), when }),
  /** No answer, ever; the place among the concurrent calls is kept until the client hangs up, and `holdMs` longer. */
  v.object({ kind: v.literal('stall'), when, holdMs: v.optional(v.number(), 0) }),
  v.object({ kind: v.literal('garbage'), when, body: v.picklist(GARBAGE), status: v.optional(v.number()) }),
  v.object({
    kind: v.literal('fault'),
    when,
    code: v.number(),
    message: v.optional(v.string()),
    /** 500 over SOAP. Over REST 200, but for a code that is an HTTP status itself (401, 500, 502). */
    status: v.optional(v.picklist([200, 500])),
  }),
  /** The true answer, one byte at a time with `everyMs` between. */
  v.object({ kind: v.literal('drip'), everyMs: v.optional(v.number(), 20) }),
  v.object({ kind: v.literal('redirect'), when, location: v.optional(v.string(), '/elsewhere') }),
  /** An answer that does not end before `bytes`. */
  v.object({ kind: v.literal('oversize'), when, bytes: v.optional(v.number(), 64 * 1024 * 1024) }),
  /** Identity only: the token lives so long, from now on. */
  v.object({ kind: v.literal('short-token'), lifeMs: v.number() }),
  /** As if Adobe had removed the endpoint. */
  v.object({ kind: v.literal('gone'), status: v.optional(v.picklist([404, 410]), 410) }),
]);

const ruleSchema = v.strictObject({
  match: v.optional(
    v.strictObject({
      /** Of SOAP: `syncLead`. Of REST, with the method: `POST leads.json`. Or `identity`. */
      operation: v.optional(v.string()),
      /** Substring of the raw request body; over REST of `METHOD path?query`, a line feed and the body. */
      contains: v.optional(v.string()),
      /** Only the nth request, from 1, that the rest of the match fits. */
      nth: v.optional(v.number()),
      /** Part of the matching requests, 0 to 1, by the seeded chance. */
      chance: v.optional(v.number()),
    }),
    {},
  ),
  /** How often the rule acts. Once, unless told. */
  times: v.optional(v.union([v.number(), v.literal('always')]), 1),
  delayMs: v.optional(v.number(), 0),
  do: v.optional(actionSchema, { kind: 'proceed' }),
});

export type Rule = v.InferInput<typeof ruleSchema>;
export type Action = v.InferOutput<typeof actionSchema>;
type CheckedRule = v.InferOutput<typeof ruleSchema>;

export interface Cue {
  readonly delayMs: number;
  readonly action: Action;
}

export const NO_CUE: Cue = { delayMs: 0, action: { kind: 'proceed' } };

interface LiveRule {
  readonly rule: CheckedRule;
  matched: number;
  acted: number;
}

/** Checks rules that came as JSON; throws with the path of what is wrong. */
export function parseRules(input: unknown): Rule[] {
  const result = v.safeParse(v.array(ruleSchema), input);
  if (!result.success) throw new Error(v.summarize(result.issues));
  return result.output;
}

/** An ordered list of rules; the first that fits and has not been used up acts. */
export class Script {
  private readonly rules: LiveRule[];
  private readonly random: () => number;

  constructor(rules: readonly Rule[], random: () => number) {
    this.rules = v.parse(v.array(ruleSchema), rules).map((rule) => ({ rule, matched: 0, acted: 0 }));
    this.random = random;
  }

  cueFor(operation: string, body: string): Cue {
    const live = this.rules.find((candidate) => this.fires(candidate, operation, body));
    if (live === undefined) return NO_CUE;
    live.acted += 1;
    return { delayMs: live.rule.delayMs, action: live.rule.do };
  }

  /** `nth` counts the requests that reached the rule: those an earlier rule acted on are not among them. */
  private fires(live: LiveRule, operation: string, body: string): boolean {
    const { match, times } = live.rule;
    if (match.operation !== undefined && match.operation !== operation) return false;
    if (match.contains !== undefined && !body.includes(match.contains)) return false;
    if (times !== 'always' && live.acted >= times) return false;
    live.matched += 1;
    if (match.nth !== undefined && match.nth !== live.matched) return false;
    return match.chance === undefined || this.random() < match.chance;
  }
}
