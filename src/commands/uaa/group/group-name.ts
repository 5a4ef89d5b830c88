import type { Services } from '../../../services.js';

/** @param name - asked for when absent. */
export async function groupName(
  name: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const insteadUse = 'give the name as the argument';
  return name ?? (await terminal.ask({ prompt: 'Group name: ', insteadUse }));
}
