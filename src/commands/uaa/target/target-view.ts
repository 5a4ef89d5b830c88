import type { Settings } from '../../../config/settings.js';
import type { View } from '../../../terminal/terminal.js';
import { currentUaaContext, currentTarget } from '../../../contexts/targets.js';
import { ownValue } from '../../../own-value.js';

/** The target and the context in force, as `uaac` shows them. */
export function targetView(settings: Settings): View {
  const target = currentTarget(settings);
  const name = currentUaaContext(settings);
  const context = name === undefined ? undefined : ownValue(settings.contexts, name);
  if (target === undefined) return { json: null, text: ['no target set'] };
  return {
    json: {
      uaa: target.uaa,
      hasCaCert: target.caCert !== undefined,
      skipTlsVerification: target.skipTlsVerification,
      context: name ?? null,
      clientId: context?.clientId ?? null,
    },
    text: [
      '',
      `Target: ${target.uaa}`,
      ...(name === undefined || context === undefined
        ? []
        : [`Context: ${name}, from client ${context.clientId}`]),
      '',
    ],
  };
}
