import { dirname, resolve } from 'node:path';
import { errorMessage } from '../../../errors.js';
import type { KubernetesProfileRequest } from '../../../pks/kubernetes-profiles.js';
import { readInputFile, textOf } from '../../../input/input-file.js';
import { readMembers, type InputMembers } from '../../../input/members.js';
import { hideSecretsIn } from './secrets-in-text.js';

const blocks = ['customizations', 'experimental_customizations'] as const;
const fileArguments = 'file-arguments';

/**
 * A Kubernetes profile as it is sent: what stands under `file-arguments` as the path of a file,
 * relative to the profile's own, is replaced by what is in the file.
 *
 * @throws {TpksError} `usage` with everything that is wrong, by line.
 * @see pks-cli, section 10; pks-api, section 6
 */
export async function readKubernetesProfile(path: string): Promise<KubernetesProfileRequest> {
  const folder = dirname(path);
  return readMembers(await readInputFile(path), (root) => {
    const name = root.text('name', { required: true }) ?? '';
    root.text('description');
    const given = blocks.filter((block) => root.has(block));
    if (given.length === 0) root.report(undefined, `there is neither ${blocks.join(' nor ')}`);
    const read = given.map((block) => [
      block,
      root.list(block).map((customization) => readCustomization(customization, folder)),
    ]);
    return { ...root.all(), ...(Object.fromEntries(read) as object), name };
  });
}

function readCustomization(customization: InputMembers, folder: string): object {
  customization.text('component', { required: true });
  const plain = customization.members('arguments');
  for (const [key, value] of entries(plain)) {
    // The API takes texts alone, also for numbers and switches.
    if (typeof value === 'number' || typeof value === 'boolean') {
      plain?.report(key, `must be a text: write "${String(value)}"`);
    } else if (value === null) plain?.report(key, 'has no value; write "" for an empty text');
    else plain?.text(key);
  }
  const files = customization.members(fileArguments);
  if (!files) return customization.all();
  const contents = entries(files).map(([key]) => [key, readContent(files, key, folder)]);
  return { ...customization.all(), [fileArguments]: Object.fromEntries(contents) as object };
}

function entries(members: InputMembers | undefined): (readonly [string, unknown])[] {
  return Object.entries(members?.all() ?? {});
}

function readContent(files: InputMembers, key: string, folder: string): string | undefined {
  const path = files.text(key, { required: true });
  if (path === undefined) return undefined;
  try {
    const content = textOf(resolve(folder, path));
    hideSecretsIn(content);
    return content;
  } catch (error) {
    files.report(key, `names a file that is of no use. ${errorMessage(error)}`);
    return undefined;
  }
}
