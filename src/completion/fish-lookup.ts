import { contextsFile } from '../contexts/cached-contexts.js';
import { findProgram, isPksLink } from '../pks-link.js';
import { version } from '../version.js';
import {
  clusterWords,
  findRootFlags,
  formatBranches,
  formatCommands,
  homeVariables,
  lookupComment,
  outdatedNotice,
  type StaticLookup,
  type TableSyntax,
  waitSeconds,
} from './static-lookup.js';
import type { StaticTable } from './static-table.js';

/**
 * Creates the part of the script for fish that answers from the table and from the cache folder. The
 * functions use the local variables of the script's main function.
 */
export function fishLookup(program: string, table: StaticTable): StaticLookup {
  const prefix = `__${program.replace(/\W/g, '_')}`;
  const contexts = contextsFile(findProgram(program));
  const flags = table.globalFlags.map((lines) => lines.map(quote).join(' '));
  const syntax: TableSyntax = {
    quote,
    branch: (keys, commands) => `        case ${keys.join(' ')}\n            ${commands}`,
    assign: (name, words) => `set ${name} ${words.join(' ')}`,
    references: ['$long_flags', '$short_flags'],
    assignWords: (name, words) => `set ${name} ${words.join(' ')}`,
  };
  const pksHome = `
    test -z "$home" -a -n "$PKS_HOME"; and set home $PKS_HOME/.tpks`;
  return {
    comment: lookupComment('fish'),
    call: `${prefix}_lookup`,
    functions: `function ${prefix}_table --no-scope-shadowing
    set -l long_flags ${flags[0] ?? ''}
    set -l short_flags ${flags[1] ?? ''}
    switch $key
${formatBranches(table, syntax)}
        case none
        case '*'
            return 1
    end
    return 0
end
# Sets count to the number of arguments of a command, and flags to its flags. After the forms of a flag,
# = means that it takes a value, : that nothing is suggested for the value, and + that it is repeatable.
function ${prefix}_command --no-scope-shadowing
    switch "$found"
${formatCommands(table, syntax)}
        case '*'
            return 1
    end
    set -a flags ${findRootFlags(table.commands).join(' ')}
    return 0
end
# Sets key to the position in the table, and used to the flags before it.
function ${prefix}_position --no-scope-shadowing
    set -l pending
    set -l found
    set -l index 0
    set -l count
    set -l flags
    ${prefix}_command; or return 1
    for each in $before[2..]
        if test -n "$pending"
            set pending
        else if string match -q -- '-?*' $each
            set -l form $each
            string match -q -- '--*=*' $each; and set form (string replace -r '=.*' '' -- $each)
            string match -qr '^[-_a-zA-Z0-9]+$' -- $form; or return 1
            set -l forms (string match -- "*,$form,*" $flags)[1]; or return 1
            string match -qr '[=:]' -- $forms; and test $form = $each; and set pending $form $forms
            string match -q '*+*' -- $forms; or set -a used (string split , -- $forms)
        else if test -n "$count"
            set index (math $index + 1)
        else
            string match -qr '^[a-z0-9-]+$' -- $each; or return 1
            set found "$found $each"
            ${prefix}_command; or return 1
        end
        contains -- $each ${clusterWords.join(' ')}; and test "$found" != " $each"; and return 1
    end
    set -l last (string trim -c + -- $count)
    set key "$found"
    if string match -q '*:*' -- $pending[2]
        set key none
    else if test -n "$pending"
        set key "$key $pending[1]"
    else if string match -q -- '-*' $current
        set key "$key -"
    else if test -n "$count"
        test "$count" != "$last" -a $index -ge $last; and set index (math $last - 1)
        if test $index -lt $last
            set key "$key $index"
        else
            set key "$key -"
            # After the last argument, only flags in their long form are suggested.
            test -n "$current"; or set start --
        end
    end
    return 0
end
# Sets home to the folder of the settings.
function ${prefix}_home --no-scope-shadowing
    # The program sees only exported variables.
    for each in ${homeVariables(program)}
        set -q $each; and not set -qx $each; and return 1
    end
    set home $TPKS_HOME${isPksLink(program) ? pksHome : ''}
    test -n "$home"; and return 0
    test -n "$HOME"; or return 1
    set home $HOME/.config/tpks
    test -n "$XDG_CONFIG_HOME"; and set home $XDG_CONFIG_HOME/tpks
    test -d /System/Library; and set home $HOME/Library/Preferences/tpks
    return 0
end
# Whether tpks has recorded that this program has the version of this script. The record has the same
# modification time as the program, and contains its path without links.
function ${prefix}_is_recorded --no-scope-shadowing
    test -r "$record"; or return 1
    test "$record" -nt "$file"; or test "$record" -ot "$file"; and return 1
    read -l target <$record
    test "$target" -ef "$file"
end
# Whether the installed program has the version of this script.
function ${prefix}_is_current --no-scope-shadowing
    # Older versions of fish cannot compare times.
    test / -nt /nonexistent 2>/dev/null; or return 1
    set -l file (command -s ${program}); or return 1
    set -l record $home/cache/program-${version}(string replace -a / % -- $file)
    ${prefix}_is_recorded; and return 0
    test "$${prefix}_checked" = "same $file"; and return 0
    test "$${prefix}_checked" = "other $file"; and return 1
    set -g ${prefix}_checked "other $file"
    set -l installed (command ${program} __complete --version $file 2>/dev/null </dev/null)
    if test "$installed" != ${version}
        printf '\\n%s\\n' ${quote(outdatedNotice('fish', program))} >&2
        commandline -f repaint 2>/dev/null
        return 1
    end
    set -g ${prefix}_checked "same $file"
    ${prefix}_is_recorded; and set -g ${prefix}_checked
    return 0
end
# Sets list to the names in the cache folder. tpks decides whether they are old, and then updates them in
# the background. The user waits for missing names.
function ${prefix}_names --no-scope-shadowing
    set -l file $home/cache/${contexts}.txt
    test -f "$home/config.json" -a -r "$file"; or return 1
    test "$home/config.json" -nt "$file"; and return 1
    test "$home/config.json" -nt "$home/cache/${contexts}-start.txt"; or return 1
    set -l lines (string match -- '*' <$file)
    test "$lines[1]" = 1; or return 1
    if test "$names" = contexts
        set list $lines[4..]
        return 0
    end
    test -z "$TPKS_CONTEXT$TPKS_API$TPKS_UAA_URL"; or return 1
    # The names of other contexts and identity zones.
    string match -q -- '--context' $used; or string match -q -- '--zone*' $used; and return 1
    set -l source (string split ' ' -- $names)
    set -l suffix $lines[2]
    test $source[1] = uaa; and set suffix $lines[3]
    # No context is selected, so no names are cached.
    test "$suffix" = .; and return 0
    set file $home/cache/$source[2]$suffix.txt
    set -l minute (math -s 0 (date +%s) / 60)
    test "$${prefix}_refreshed[1]" = $minute; or set -g ${prefix}_refreshed $minute
    if not contains -- $file $${prefix}_refreshed
        set -ga ${prefix}_refreshed $file
        if test -f "$file"
            command ${program} __complete --refresh $source >/dev/null 2>&1 </dev/null &
            disown 2>/dev/null
        else
            # macOS has no timeout, and that of busybox has no --foreground, which makes Ctrl-C work.
            set -l run env
            if command -sq timeout; and command timeout --foreground 1 true 2>/dev/null
                set run timeout --foreground ${String(waitSeconds)}
            end
            command $run ${program} __complete --refresh $source >/dev/null 2>&1 </dev/null
        end
    end
    test -r "$file"; or return 1
    set list (string match -- '*' <$file)
    return 0
end
# Sets answers, or fails if only the program knows them.
function ${prefix}_lookup --no-scope-shadowing
    # The program completes lists and --flag=value.
    string match -qr '[,=\\t]' -- $current; and return 1
    set -l key
    set -l used
    set -l home
    set -l list
    set -l others
    set -l names
    set -l files
    set -l start $current
    ${prefix}_position; and ${prefix}_table; and ${prefix}_home; and ${prefix}_is_current; or return 1
    if test -n "$files"
        set answers :files
        return 0
    end
    test -n "$names"; and begin
        ${prefix}_names; or return 1
    end
    set start '^'(string escape --style=regex -- $start)
    set answers (string match -r -- "$start.*" $list)
    # Names never start with a dash, so only flags are left out.
    if test -n "$used"; and string match -q -- '-*' $answers[1]
        set used '^('(string join '|' -- (string escape --style=regex -- $used))')(\\t|$)'
        set answers (string match -vr -- $used $answers)
    end
    test (count $answers) -gt 0; or set answers (string match -r -- "$start.*" $others)
    set -a answers :none
    return 0
end
`,
  };
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
