import { isTpksError } from '../errors.js';
import { findCurrentTarget, findTarget, listTargets } from '../contexts/targets.js';
import { describeFailure } from './failure-text.js';
import { findCurrentContext } from './context-list.js';
import { replaceText, uaacError } from './uaac-error.js';
import type { UaacRun } from './uaac-run.js';

/** Shows or sets the current target. */
export async function target(run: UaacRun): Promise<void> {
  const { args, options, services } = run;
  const [url] = args;
  const caCert = options.text('ca-cert');
  const skipSslValidation = options.flag('skip-ssl-validation');
  if (url !== undefined || caCert !== undefined || skipSslValidation !== undefined) {
    const { setTarget } = await import('../commands/uaa/targets.js');
    const isKnown = isNumber(url) && caCert === undefined && skipSslValidation === undefined;
    const force = isKnown || options.flag('force') === true;
    const input = { url, caCert, skipSslValidation, force };
    await setTarget(input, services).catch(async (error: unknown) => {
      throw await toTargetError(error, url, run);
    });
  }
  await printTarget(run);
}

async function toTargetError(
  error: unknown,
  url: string | undefined,
  { services }: UaacRun,
): Promise<unknown> {
  if (!isTpksError(error) || error.kind === 'keychain' || error.kind === 'storage') return error;
  if (error.kind === 'notFound' && error.status === undefined) {
    return uaacError(isNumber(url) ? 'invalid target index' : 'no target set');
  }
  if (error.kind === 'usage') return error;
  const settings = await (await services.settings()).read();
  const { uaa } = findTarget(url, settings);
  return replaceText(error, `failed to access ${uaa}: ${describeFailure(error)}`);
}

/** Whether the user entered the number of a target, so that the target must be known. */
function isNumber(url: string | undefined): boolean {
  return url !== undefined && /^\d+$/.test(url);
}

async function printTarget({ services, print }: UaacRun): Promise<void> {
  const settings = await (await services.settings()).read();
  const current = findCurrentTarget(settings);
  if (current === undefined) return print('no target set');
  const context = findCurrentContext(settings);
  await print(
    '',
    `Target: ${current.uaa}`,
    ...(context === undefined
      ? []
      : [`Context: ${context.label}, from client ${context.clientId}`]),
    '',
  );
}

/** Lists the targets with their numbers. */
export async function targets({ services, print }: UaacRun): Promise<void> {
  const settings = await (await services.settings()).read();
  const current = findCurrentTarget(settings)?.uaa;
  const known = listTargets(settings);
  if (known.length === 0) return print('', 'no targets');
  await print(
    ...known.map(({ uaa }, number) => `${String(number)} ${uaa === current ? '*' : ' '} ${uaa}`),
    '',
  );
}
