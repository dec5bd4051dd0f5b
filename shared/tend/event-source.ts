/** The switch between the jobs queue and the worker: off, nothing is received; what is being worked on is finished. */
export interface EventSource {
  /** False also while a switch to off is still taking effect (AWS needs seconds to minutes). */
  enabled(): Promise<boolean>;
  enable(): Promise<void>;
  disable(): Promise<void>;
}
