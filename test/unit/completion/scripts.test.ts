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

  test('quotes names with the method of PowerShell itself, which knows all quotes', () => {
    expect(powershellScript()).toContain(
      "'$([System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value))'",
    );
  });

  test.each([
    ['$isLegacy', ['a"b', 'ends in \\'], ["it's", '\u2018x\u2019', 'a\\b', '$(x)', 'a&b']],
    ['$isBatch', ['a"b', 'a&calc', '%PATH%', 'a|b', '<a>', 'a^b'], ["it's", '$(x)', 'a b']],
  ])('leaves out names that would be passed incorrectly if %s is set', (name, unsafe, safe) => {
    const [, pattern = ''] =
      powershellScript()
        .split('\n')
        .map((line) => /^ *(?:else)?if \((\$\w+)\) \{ \$unsafe = '(.+)' \}$/.exec(line))
        .find((match) => match?.[1] === name)
        ?.slice(1) ?? [];
    expect([...unsafe, ...safe].filter((each) => new RegExp(pattern).test(each))).toEqual(unsafe);
  });

  test('has balanced brackets', () => {
    const code = powershellScript().replace(/'[^']*'|"[^"]*"|#.*/g, '');
    for (const [open, close] of ['{}', '()', '[]']) {
      expect(code.split(open ?? '').length).toBe(code.split(close ?? '').length);
    }
  });
});
