import type { Instance } from '../../instance/instance.ts';
import type { Markup } from '../markup.ts';
import type { Element } from '../xml.ts';

export interface Call {
  readonly params: Element;
  readonly workspace: string | null;
  /** When the call ran; a replay passes the same time again. */
  readonly now: number;
}

/** One operation of the WSDL. It throws a ServiceFault before it changes the instance, or returns its payload. */
export interface Operation {
  readonly writes: boolean;
  readonly run: (instance: Instance, call: Call) => Markup;
}

export type OperationTable = Readonly<Record<string, Operation>>;
