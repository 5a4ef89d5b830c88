import type { Services } from '../../services.js';
import { asYaml } from '../../terminal/as-yaml.js';
import { withReadableTimes } from './readable-times.js';

/**
 * Shows an object of the UAA: unchanged as JSON, otherwise as YAML with readable times.
 * @param nameField - the field that `-o name` prints.
 */
export async function showObject(
  object: object,
  { terminal }: Pick<Services, 'terminal'>,
  nameField?: string,
): Promise<void> {
  const name: unknown = nameField === undefined ? undefined : Reflect.get(object, nameField);
  await terminal.show({
    json: object,
    text: await asYaml(withReadableTimes(object)),
    name: typeof name === 'string' ? name : undefined,
  });
}
