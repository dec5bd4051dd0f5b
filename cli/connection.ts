import type { AccountLimits } from '../shared/config/limits.ts';
import type { RestChoices } from '../shared/config/rest-choices.ts';
import type { TransportName } from '../shared/config/transports.ts';
import type { OperatePorts } from '../shared/operate/ports.ts';

/** Where a stack lives and what it was configured with: out of DIR/stack.json, or of a deployed stack's outputs. */
export interface StackDescription {
  readonly name: string;
  /** Undefined: AWS's own, or wherever the environment sends the SDK. */
  readonly sqs: string | undefined;
  readonly dynamodb: string | undefined;
  readonly jobsQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly table: string;
  readonly region: string;
  readonly account: string;
  /** What Marketo is spoken to by, and what REST is told of this instance: a check of jobs goes by both. */
  readonly transport: TransportName;
  readonly restChoices: RestChoices;
  readonly limits: AccountLimits;
  /** How long closed letters are kept. */
  readonly retentionMs: number;
}

/** The ports of a stack, for the length of one command. */
export interface Connection extends OperatePorts {
  readonly stack: StackDescription;
  close(): void;
}
