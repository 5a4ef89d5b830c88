import type { Services } from '../../services.js';
import type { View } from '../../terminal/terminal.js';
import { toYaml } from '../../terminal/yaml.js';
import { withReadableTimes } from './readable-times.js';

/**
 * Shows an object of the UAA, unchanged as JSON or with readable times as YAML.
 * @param nameField - the field that `-o name` prints; `undefined` if the object has no name.
 * @param textObject - shown as text instead of the object.
 */
export async function showObject(
  object: object,
  deps: Pick<Services, 'terminal'>,
  nameField?: string,
  textObject = object,
): Promise<void> {
  const name: unknown = nameField === undefined ? undefined : Reflect.get(object, nameField);
  await showNamedObject(object, typeof name === 'string' ? name : undefined, deps, textObject);
}

/**
 * Shows an object that does not contain its own name, like {@link showObject}.
 * @param name - what `-o name` prints.
 */
export async function showNamedObject(
  object: object,
  name: View['name'],
  { terminal }: Pick<Services, 'terminal'>,
  textObject = object,
): Promise<void> {
  await terminal.show({ json: object, text: await toYaml(withReadableTimes(textObject)), name });
}
