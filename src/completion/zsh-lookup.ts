import { version } from '../version.js';
import {
  formatBranches,
  isPksName,
  lookupComment,
  outdatedNotice,
  quoteSingle,
  type StaticLookup,
} from './static-lookup.js';
import type { StaticTable } from './static-table.js';

/**
 * Creates the part of the script for zsh that answers from the table and from the cache folder. The
 * functions use the local variables of the script's main function.
 */
export function zshLookup(program: string, table: StaticTable): StaticLookup {
  const prefix = `_${program.replace(/\W/g, '_')}`;
  const flags = table.globalFlags.map((lines) => lines.map(quoteSingle).join(' '));
  const branches = formatBranches(table, {
    quote: quoteSingle,
    branch: (keys, commands) => `    (${keys.join('|')}) ${commands} ;;`,
    assign: (name, words) => `${name}=(${words.join(' ')})`,
    references: ['"${long_flags[@]}"', '"${short_flags[@]}"'],
  });
  return {
    comment: lookupComment('zsh'),
    call: `${prefix}_lookup`,
    functions: `${prefix}_table() {
  local -a long_flags=(${flags[0] ?? ''}) short_flags=(${flags[1] ?? ''})
  case $1 in
${branches}
    (*) return 1 ;;
  esac
}
# Sets home to the folder of the settings.
${prefix}_home() {
  home=\${TPKS_HOME-}
${isPksName(program) ? '  [[ -z $home && -n ${PKS_HOME-} ]] && home=$PKS_HOME/.tpks\n' : ''}\
  [[ -n $home ]] && return
  [[ -n \${HOME-} ]] || return
  case $OSTYPE in
    (darwin*) home=$HOME/Library/Preferences/tpks ;;
    (msys*|cygwin*) return 1 ;;
    (*) home=\${XDG_CONFIG_HOME:-$HOME/.config}/tpks ;;
  esac
}
# Whether the installed program has the version of this script. A file with the same modification time
# as the program records that it was checked.
${prefix}_is_current() {
  local folder file mark
  for folder in $path; do
    file=$folder/${program}
    [[ -f $file && -x $file ]] && break
    file=''
  done
  [[ -n $file ]] || return
  mark=$home/cache/program-${version}\${file//\\//%}
  [[ -f $mark && ! $mark -nt $file && ! $mark -ot $file ]] && return
  case \${${prefix}_checked-} in
    ("same $file") return 0 ;;
    ("other $file") return 1 ;;
  esac
  typeset -g ${prefix}_checked="other $file"
  if [[ $(command ${program} __complete --version 2>/dev/null </dev/null) != '${version}' ]]; then
    print -r -- $'\\n'${quoteSingle(outdatedNotice('zsh', program))} >&2
    zle && zle -I
    return 1
  fi
  ${prefix}_checked="same $file"
  [[ -d $home ]] || return 0
  [[ -d $home/cache ]] || command mkdir -m 700 "$home/cache" 2>/dev/null
  command touch -r "$file" "$mark" 2>/dev/null && ${prefix}_checked=''
  return 0
}
# Sets list to the names in the cache folder. tpks decides whether they are old, and then updates them in
# the background. The user waits for missing names.
${prefix}_names() {
  local suffix file=$home/cache/contexts.txt
  local -i minute=$((SECONDS / 60))
  local -a lines
  [[ -f $home/config.json && -f $file && ! $home/config.json -nt $file ]] || return
  lines=(\${(f)"$(<$file)"})
  [[ \${lines[1]-} == 1 ]] || return
  if [[ $names[1] == contexts ]]; then
    list=("\${(@)lines[4,-1]}")
    return
  fi
  [[ -z \${TPKS_CONTEXT-}\${TPKS_API-}\${TPKS_UAA_URL-} ]] || return
  suffix=$lines[2]
  [[ $names[1] == uaa* ]] && suffix=$lines[3]
  # There is no current context.
  [[ $suffix == . ]] && return
  file=$home/cache/\${names[1]#* }$suffix.txt
  [[ \${${prefix}_refreshed-} == "$minute "* ]] || typeset -g ${prefix}_refreshed="$minute "
  if [[ $${prefix}_refreshed != *" $file "* ]]; then
    ${prefix}_refreshed+=" $file "
    if [[ -f $file ]]; then
      # In a subshell, zsh prints no messages about the job.
      (command ${program} __complete --refresh \${=names[1]} >/dev/null 2>&1 </dev/null &)
    else
      command ${program} __complete --refresh \${=names[1]} >/dev/null 2>&1 </dev/null
    fi
  fi
  [[ -f $file ]] || return
  list=(\${(f)"$(<$file)"})
}
# Sets answers, or fails if only the program knows them.
${prefix}_lookup() {
  # The program completes lists and --flag=value.
  [[ $current == *[,=$'\\t']* ]] && return 1
  local key=$#before home start=$current
  local -a list others names files
  (( $#before )) && key+=" \${(j: :)before}"
  [[ $current == -* ]] && key+=' -'
  ${prefix}_table "$key" && ${prefix}_home && ${prefix}_is_current || return
  if (( $#files )); then
    answers=(':files')
    return
  fi
  (( $#names == 0 )) || ${prefix}_names || return
  # After the last argument, only flags in their long form are suggested.
  [[ -z $current && \${list[1]-} == --* ]] && start=--
  answers=("\${(@M)list:#$start*}")
  (( $#answers )) || answers=("\${(@M)others:#$start*}")
  answers+=(':none')
}
`,
  };
}
