import type { Services } from '../../services.js';
import { toYaml } from '../../terminal/yaml.js';
import { withReadableTimes } from './readable-times.js';

/**
 * Shows an object of the UAA, unchanged as JSON or with readable times as YAML.
 * @param nameField - the field that `-o name` prints; `undefined` if the object has no name.
 */
export async function showObject(
  object: object,
  { terminal }: Pick<Services, 'terminal'>,
  nameField?: string,
): Promise<void> {
  const name: unknown = nameField === undefined ? undefined : Reflect.get(object, nameField);
  await terminal.show({
    json: object,
    text: await toYaml(withReadableTimes(object)),
    name: typeof name === 'string' ? name : undefined,
  });
}
