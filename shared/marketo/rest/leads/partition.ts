import type { Finding, Known } from '../call/mapping.ts';
import type { RestSettings } from '../call/settings.ts';

/** Every instance has this workspace, and whatever is sent without a partition is in it. */
const DEFAULT_WORKSPACE = 'Default';

/** The partition that stands for a job's workspace; undefined: none has to be named. */
export const partitionOf = (workspace: string | null, { partitions }: RestSettings): string | undefined =>
  workspace !== null && Object.hasOwn(partitions, workspace) ? partitions[workspace] : undefined;

/** A workspace is nothing that REST knows: without a partition for it the leads would land in another one. */
export function workspaceFindings({
  workspace,
  settings,
}: Pick<Known, 'workspace' | 'settings'>): readonly Finding[] {
  if (workspace === null || workspace === DEFAULT_WORKSPACE) return [];
  if (partitionOf(workspace, settings) !== undefined) return [];
  const message = `no partition is given for workspace "${workspace}": add it to MARKETO_PARTITIONS`;
  return [{ kind: 'needs-setting', code: 1009, message }];
}
