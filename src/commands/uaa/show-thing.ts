import type { Services } from '../../services.js';
import { asYaml } from '../../terminal/as-yaml.js';
import { withReadableTimes } from './readable-times.js';

/** Shows one thing of the UAA: as it came under `--json`, else as YAML whose times can be read. */
export async function showThing(
  thing: object,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<void> {
  await terminal.show({ json: thing, text: await asYaml(withReadableTimes(thing)) });
}
