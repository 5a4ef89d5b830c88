import type { Command } from 'commander';
import { Option } from 'commander';
import { withFileNames } from '../../../completion/completer.js';
import type { Services } from '../../../services.js';
import { showObject } from '../show-object.js';
import { targetInForce, type TargetDeps } from '../target/target-in-force.js';
import { withoutZone } from '../zone-options.js';

const loadStrength = async () =>
  (await import('../../../uaa/password-strength.js')).createPasswordStrength;

type Deps = TargetDeps & Pick<Services, 'publicUaaResource' | 'secrets'>;

interface Flags {
  readonly passwordStdin?: true;
  readonly passwordFile?: string;
}

export function define(command: Command, deps: Deps): void {
  withoutZone(command)
    .description(
      'Asks the UAA how strong a password is, without setting it. UAAs of late 2019 and later do ' +
        'not measure any more. No token is needed.',
    )
    .argument('[password]', 'the password (others on this machine may see it)')
    .addOption(new Option('--password-stdin', 'read it from stdin').conflicts('passwordFile'))
    .addOption(withFileNames(new Option('--password-file <path>', 'file with it; - is stdin')))
    .addHelpText('after', '\nExample:\n  $ tpks uaa password strength')
    .action((password: string | undefined, flags: Flags) =>
      showPasswordStrength({ password, ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly password?: string | undefined;
}

export async function showPasswordStrength(input: Input, deps: Deps): Promise<void> {
  const measure = await deps.publicUaaResource(loadStrength, await targetInForce(deps));
  const password = await (
    await deps.secrets()
  ).find({
    value: input.password,
    valueFlag: 'strength',
    file: input.passwordFile ?? (input.passwordStdin && '-'),
    fileFlag: '--password-stdin',
    prompt: 'Password: ',
  });
  const score = await measure.measure(password);
  await showObject(score, deps);
}
