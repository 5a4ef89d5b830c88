import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { markdownParser } from '../../eslint/markdown-parser.mjs';
import { plugin } from '../../eslint/words.mjs';

const { names, texts } = plugin.rules;
const typescript = new RuleTester({ languageOptions: { parser: tseslint.parser } });
const markdown = new RuleTester({ languageOptions: { parser: markdownParser } });

typescript.run('words/names', names, {
  valid: [
    'const owner = 1; function sendAll(time: Date) {}',
    // A letter case that does not start a word.
    'const wholesale = 1; const dataOffset = 2;',
    // Servers and libraries choose the names of properties and exports.
    'interface Period { readonly from: string; readonly at: number }',
    "import { of } from 'rxjs'; const { from, at = 0 } = response;",
    'response.who(); const map = { "people": 1 };',
    'function copy(from: string, to: string) {}',
  ],
  invalid: [
    { code: 'const at = 1;', errors: [{ message: /^Rename at: use a noun, such as time/ }] },
    { code: 'import { x as of } from "y";', errors: [{ message: /^Rename of: / }] },
    { code: 'const { x: by } = y;', errors: [{ message: /^Rename by: / }] },
    { code: 'const read = (from: number) => from;', errors: [{ message: /^Rename from: / }] },
    { code: 'type F = (of: string) => void;', errors: [{ message: /^Rename of: / }] },
    {
      code: 'const peoplesClient = 1;',
      errors: [{ message: 'Rename peoplesClient: instead of "peoples" use user', line: 1 }],
    },
    { code: 'class Door {}', errors: [{ message: /^Rename Door: instead of "Door" use send/ }] },
    { code: 'interface X { readonly isWelcome: boolean }', errors: 1 },
    { code: 'const x = { mapForGood: 1 }; class Y { told = 1; says() {} }', errors: 3 },
    { code: '', filename: 'doors-of-uaa.ts', errors: [{ message: /^Rename doors-of-uaa: / }] },
  ],
});

typescript.run('words/texts', texts, {
  valid: [
    'const text = "the current context";',
    'const nobody = 1; // the user `nobody`, "nobodys"',
    "const ellipsis = '\\u2026';",
    'const text = `${all} the ${same}`; all; the; same;',
  ],
  invalid: [
    {
      code: '\nfail("Nobody is logged in");',
      errors: [{ message: /^Replace "nobody": no user/, line: 2, column: 7, endColumn: 13 }],
    },
    {
      code: 'fail(`${name} is set all the same`);',
      errors: [{ message: /^Replace "all the same"/ }],
    },
    { code: '// it works all\n// the same', errors: [{ message: /^Replace "all the same"/ }] },
    { code: '/**\n * in\n * force\n */', errors: [{ message: /^Replace "in force"/, line: 2 }] },
    {
      code: '// don\u2019t wait\u2026',
      errors: [
        { message: 'Use an ASCII character, or an escape sequence, instead of \u2019' },
        { message: 'Use an ASCII character, or an escape sequence, instead of \u2026' },
      ],
    },
  ],
});

markdown.run('words/texts', texts, {
  valid: ['# Title\n\nThe user `nobody`.\n\n```sh\nrun as nobody\n```\n'],
  invalid: [
    {
      code: '# Title\n\n- It works all\n  the same.\n',
      errors: [{ message: /^Replace "all the same"/, line: 3, column: 12 }],
    },
  ],
});
