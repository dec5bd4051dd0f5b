/** Lets one loop sleep until something changed. Opened while nobody waits, the next wait returns at once. */
export interface Latch {
  readonly open: () => void;
  wait(): Promise<void>;
}

export function latch(): Latch {
  let opened = false;
  let wake: (() => void) | null = null;
  return {
    open() {
      opened = true;
      wake?.();
      wake = null;
    },
    async wait() {
      if (!opened) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      opened = false;
    },
  };
}
