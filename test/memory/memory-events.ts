import type { Events, StackEvent } from '../../shared/events/event.ts';

/** Takes events as a bus would; `trouble` makes it one that does not. */
export interface MemoryEvents extends Events {
  readonly published: StackEvent[];
  trouble: 'down' | 'refuses' | null;
  /** How often it was asked. */
  asked: number;
}

export function memoryEvents(): MemoryEvents {
  const events: MemoryEvents = {
    published: [],
    trouble: null,
    asked: 0,
    publish: async (some) => {
      events.asked += 1;
      await Promise.resolve();
      if (events.trouble === 'down') throw new Error('the bus is down');
      if (events.trouble === 'refuses') return some.length;
      events.published.push(...some);
      return 0;
    },
  };
  return events;
}
