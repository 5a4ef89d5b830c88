import type { Command } from 'commander';
import { Option } from 'commander';
import type { Services } from '../../../services.js';
import { withInputFile, withStdin } from '../../stdin-inputs.js';
import { showObject } from '../show-object.js';
import { requireTarget, type TargetDeps } from '../target/resolve-target.js';
import { rejectZoneOptions } from '../zone-options.js';
import { createPasswordStrength } from '../../../uaa/password-strength.js';

type Deps = TargetDeps & Pick<Services, 'publicUaaResource' | 'secrets'>;

interface Flags {
  readonly passwordStdin?: true;
  readonly passwordFile?: string;
}

export function define(command: Command, deps: Deps): void {
  rejectZoneOptions(command)
    .description(
      'Check how strong the UAA considers a password, without setting it. UAA releases since late ' +
        '2019 no longer support this. No token is required.',
    )
    .argument('[password]', 'password (visible to other users of this machine)')
    .addOption(
      withStdin(
        new Option('--password-stdin', 'read the password from stdin').conflicts('passwordFile'),
        true,
      ),
    )
    .addOption(
      withInputFile(
        new Option('--password-file <path>', 'read the password from this file; - for stdin'),
      ),
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa password strength')
    .action((password: string | undefined, flags: Flags) =>
      showPasswordStrength({ password, ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly password?: string | undefined;
}

export async function showPasswordStrength(input: Input, deps: Deps): Promise<void> {
  const strength = await deps.publicUaaResource(createPasswordStrength, await requireTarget(deps));
  const password = await (
    await deps.secrets()
  ).find({
    value: input.password,
    valueFlag: 'strength',
    file: input.passwordFile ?? (input.passwordStdin && '-'),
    fileFlag: '--password-stdin',
    prompt: 'Password: ',
  });
  const score = await strength.measure(password);
  await showObject(score, deps);
}
