import type { Delivery } from '../job/job.ts';
import { type CollectPorts, collect } from './collect.ts';

/** Collects a batch, group by group in order; what fails stays behind with the rest of its group, and comes back. */
export async function collectBatch(
  deliveries: readonly Delivery[],
  ports: CollectPorts,
): Promise<{ readonly failed: readonly string[] }> {
  const groups = [...Map.groupBy(deliveries, (delivery) => delivery.groupId).values()];
  const failed = await Promise.all(groups.map((group) => collectGroup(group, ports)));
  return { failed: failed.flat() };
}

async function collectGroup(group: readonly Delivery[], ports: CollectPorts): Promise<readonly string[]> {
  for (const [index, delivery] of group.entries()) {
    if (await isCollected(delivery, ports)) continue;
    return group.slice(index).map(({ messageId }) => messageId);
  }
  return [];
}

async function isCollected(delivery: Delivery, ports: CollectPorts): Promise<boolean> {
  try {
    return (await collect(delivery, ports)).kind === 'acknowledge';
  } catch (error) {
    ports.log.error('a letter could not be collected', {
      messageId: delivery.messageId,
      error: String(error),
    });
    return false;
  }
}
