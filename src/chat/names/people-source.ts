import type { CommandParts } from '../registry/define-command.ts';

/** Whether an app takes its people from Entra, by reads that are cached, or shared with those of `findTarget`. */
export async function takesPeopleOfEntra(
  { applications, synchronization }: Pick<CommandParts, 'applications' | 'synchronization'>,
  { app }: { readonly app: string },
): Promise<boolean> {
  const found = await applications.find(app);
  if (!found.ok || found.value.kind !== 'one') return false;
  const { id } = found.value.app;
  const setUp = await synchronization.findJob(id, 'User');
  if (!setUp.ok || setUp.value.kind === 'none') return false;
  const rule = await synchronization.findRule(id, setUp.value.job.id, 'User');
  return rule.ok && rule.value?.source === 'entra';
}
