import { fishLookup } from './fish-lookup.js';
import type { StaticTable } from './static-table.js';

/**
 * Returns the completion script for fish (3.1 or newer). fish removes the quotes from the words before
 * the cursor, and quotes the text that it inserts.
 *
 * @param program - the command to complete; it also provides the suggestions.
 * @param table - answers that the script gives without starting the program.
 * @see doctor/completion.ts, which reads TPKS_COMPLETION
 */
export function fishScript(program = 'tpks', table?: StaticTable): string {
  const name = `__${program.replace(/\W/g, '_')}_complete`;
  const lookup = table && fishLookup(program, table);
  return `# fish completion for ${program}: ${
    lookup === undefined ? `${program} completion fish | source` : lookup.comment
  }
${lookup?.functions ?? ''}function ${name}
    set -l before (commandline -opc)
    set -l token (commandline -ct)
    # The word under the cursor may still lack its closing quote.
    set -l current (string unescape -- $token; or string unescape -- $token"'"; or string unescape -- $token'"'; or echo $token)
    set -l answers
    # fish prints an error for an unknown command, even with 2>/dev/null.
    command -sq ${program}; or return
    ${lookup === undefined ? '' : `${lookup.call}; or `}set answers (command ${program} __complete -- $before[2..] "$current" 2>/dev/null </dev/null)
    if test "$answers[-1]" != :files
        set -e answers[-1]
        # fish would insert a leading ~ unescaped, and then expand it to a home directory.
        string match -qr '^[\\\\\\\\"\\']' -- $token; or set answers (string match -v -- '~*' $answers)
        test (count $answers) -gt 0; and printf '%s\\n' $answers
    else if string match -qr '^--[^=]+=' -- $current
        set -l parts (string split -m 1 = -- $current)
        for path in (__fish_complete_path $parts[2])
            printf '%s=%s\\n' $parts[1] $path
        end
    else if string match -q '~/*' -- $token
        # __fish_complete_path does not expand a variable that contains ~.
        string replace -- $HOME '~' (__fish_complete_path $HOME(string sub -s 2 -- $current))
    else
        __fish_complete_path $current
    end
end
complete -c ${program} -e
complete -c ${program} -f -k -a '(${name})'
string match -q "fish $fish_pid *" -- "$TPKS_COMPLETION"; or set -gx TPKS_COMPLETION "fish $fish_pid"
string match -q "* ${program} *" -- "$TPKS_COMPLETION "; or set -gx TPKS_COMPLETION "$TPKS_COMPLETION ${program}"
true
`;
}
