import { describe, expect, test } from '@jest/globals';
import { bashScript } from '../../../src/completion/bash.js';
import { fishScript } from '../../../src/completion/fish.js';
import { powershellScript } from '../../../src/completion/powershell.js';
import { zshScript } from '../../../src/completion/zsh.js';

describe.each([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
  ['PowerShell', powershellScript],
])('the script for %s', (_shell, script) => {
  test('completes tpks or the given link, and calls that program', () => {
    expect(script()).toContain('tpks');
    expect(script('uaac')).not.toContain('tpks');
    expect(script('uaac').replaceAll('uaac', 'tpks')).toBe(script());
  });

  test('calls __complete and handles its last line', () => {
    expect(script()).toMatch(/__complete -- /);
    expect(script()).toContain(':files');
  });

  test('does not execute the text of the command line', () => {
    expect(script()).not.toMatch(/\beval\b(?! "\$\(tpks completion)|Invoke-Expression(?!\n)/);
  });
});

describe('the script for PowerShell', () => {
  test('is registered for a native command', () => {
    expect(powershellScript('pks')).toContain(
      "Register-ArgumentCompleter -Native -CommandName 'pks' -ScriptBlock {",
    );
  });

  test('has balanced brackets', () => {
    const code = powershellScript().replace(/'[^']*'|"[^"]*"|#.*/g, '');
    for (const [open, close] of ['{}', '()', '[]']) {
      expect(code.split(open ?? '').length).toBe(code.split(close ?? '').length);
    }
  });
});
