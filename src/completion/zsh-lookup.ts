import { contextsFile } from '../contexts/cached-contexts.js';
import { findProgram, isPksLink } from '../pks-link.js';
import { quoteForPosixShell } from '../shell-quote.js';
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
 * Creates the part of the script for zsh that answers from the table and from the cache folder. The
 * functions use the local variables of the script's main function.
 */
export function zshLookup(program: string, table: StaticTable): StaticLookup {
  const prefix = `_${program.replace(/\W/g, '_')}`;
  const contexts = contextsFile(findProgram(program));
  const flags = table.globalFlags.map((lines) => lines.map(quoteForPosixShell).join(' '));
  const syntax: TableSyntax = {
    quote: quoteForPosixShell,
    branch: (keys, commands) => `    (${keys.join('|')}) ${commands} ;;`,
    assign: (name, words) => `${name}=(${words.join(' ')})`,
    references: ['"${long_flags[@]}"', '"${short_flags[@]}"'],
    assignWords: (name, words) => `${name}=${quoteForPosixShell(words.join(' '))}`,
  };
  return {
    comment: lookupComment('zsh'),
    call: `${prefix}_lookup`,
    functions: `${prefix}_table() {
  local -a long_flags=(${flags[0] ?? ''}) short_flags=(${flags[1] ?? ''})
  case $1 in
${formatBranches(table, syntax)}
    (none) ;;
    (*) return 1 ;;
  esac
}
# Sets count to the number of arguments of a command, and flags to its flags. After the forms of a flag,
# = means that it takes a value, : that nothing is suggested for the value, and + that it is repeatable.
${prefix}_command() {
  case $1 in
${formatCommands(table, syntax)}
    (*) return 1 ;;
  esac
  flags+=${quoteForPosixShell(` ${findRootFlags(table.commands).join(' ')}`)}
  flags=" $flags"
}
# Sets key to the position in the table, and used to the flags before it.
${prefix}_position() {
  local each form forms rest pending='' found='' count flags
  local -i index=0
  ${prefix}_command '' || return
  for each in "\${before[@]}"; do
    if [[ -n $pending ]]; then
      pending=''
    elif [[ $each == -?* ]]; then
      form=$each
      [[ $each == --*=* ]] && form=\${each%%=*}
      [[ $form != *[,\\ ]* && $flags == *",$form,"* ]] || return
      forms=\${flags%%",$form,"*} rest=\${flags#*",$form,"}
      forms=\${forms##* },$form,\${rest%% *}
      [[ $forms == *[=:]* && $form == "$each" ]] && pending=$form,$forms
      [[ $forms == *+* ]] || used+=\${forms//,/ }
    elif [[ -n $count ]]; then
      index+=1
    else
      [[ $each == *[^a-z0-9-]* ]] && return 1
      found+=" $each"
      ${prefix}_command "$found" || return
    fi
    [[ ' ${clusterWords.join(' ')} ' == *" $each "* && $found != " $each" ]] && return 1
  done
  key=$found
  if [[ $pending == *:* ]]; then
    key=none
  elif [[ -n $pending ]]; then
    key+=" \${pending%%,*}"
  elif [[ $current == -* ]]; then
    key+=' -'
  elif [[ -n $count ]]; then
    [[ $count == *+ ]] && (( index >= \${count%+} )) && index=$(( \${count%+} - 1 ))
    # After the last argument, only flags in their long form are suggested.
    if (( index < \${count%+} )); then key+=" $index"; else key+=' -' start=\${current:---}; fi
  fi
  return 0
}
# Sets home to the folder of the settings.
${prefix}_home() {
  # The program sees only exported variables.
  for each in ${homeVariables(program)}; do
    [[ -z \${(P)each-} || \${(Pt)each} == *export* ]] || return
  done
  home=\${TPKS_HOME-}
${isPksLink(program) ? '  [[ -z $home && -n ${PKS_HOME-} ]] && home=$PKS_HOME/.tpks\n' : ''}\
  [[ -n $home ]] && return
  [[ -n \${HOME-} ]] || return
  case $OSTYPE in
    (darwin*) home=$HOME/Library/Preferences/tpks ;;
    (msys*|cygwin*) return 1 ;;
    (*) home=\${XDG_CONFIG_HOME:-$HOME/.config}/tpks ;;
  esac
}
# Whether tpks has recorded that this program has the version of this script. The record has the same
# modification time as the program, and contains its path without links.
${prefix}_is_recorded() {
  local target
  [[ -r $record && ! $record -nt $file && ! $record -ot $file ]] || return
  IFS= read -r target <$record && [[ $target -ef $file ]]
}
# Whether the installed program has the version of this script.
${prefix}_is_current() {
  local folder file record
  for folder in $path; do
    file=$folder/${program}
    [[ -f $file && -x $file ]] && break
    file=''
  done
  [[ -n $file ]] || return
  record=$home/cache/program-${version}\${file//\\//%}
  ${prefix}_is_recorded && return
  case \${${prefix}_checked-} in
    ("same $file") return 0 ;;
    ("other $file") return 1 ;;
  esac
  typeset -g ${prefix}_checked="other $file"
  if [[ $(command ${program} __complete --version "$file" 2>/dev/null </dev/null) != '${version}' ]]; then
    print -r -- $'\\n'${quoteForPosixShell(outdatedNotice('zsh', program))} >&2
    zle && zle -I
    return 1
  fi
  ${prefix}_checked="same $file"
  ${prefix}_is_recorded && ${prefix}_checked=''
  return 0
}
# Sets list to the names in the cache folder. tpks decides whether they are old, and then updates them in
# the background. The user waits for missing names.
${prefix}_names() {
  local input suffix file=$home/cache/${contexts}.txt
  local -i minute=$((SECONDS / 60))
  local -a lines
  [[ -f $home/config.json && -r $file && ! $home/config.json -nt $file ]] || return
  [[ $home/config.json -nt $home/cache/${contexts}-start.txt ]] || return
  lines=(\${(f)"$(<$file)"})
  [[ \${lines[1]-} == 1 ]] || return
  if [[ $names[1] == contexts ]]; then
    list=("\${(@)lines[4,-1]}")
    return
  fi
  [[ -z \${TPKS_CONTEXT-}\${TPKS_API-}\${TPKS_UAA_URL-} ]] || return
  # The names of other contexts and identity zones.
  [[ $used == *' --context '* || $used == *' --zone'* ]] && return 1
  suffix=$lines[2]
  [[ $names[1] == uaa* ]] && suffix=$lines[3]
  # No context is selected, so no names are cached.
  [[ $suffix == . ]] && return
  file=$home/cache/\${names[1]#* }$suffix.txt
  [[ \${${prefix}_refreshed-} == "$minute "* ]] || typeset -g ${prefix}_refreshed="$minute "
  if [[ $${prefix}_refreshed != *" $file "* ]]; then
    ${prefix}_refreshed+=" $file "
    if [[ -f $file ]]; then
      # In a subshell, zsh prints no messages about the job.
      (command ${program} __complete --refresh \${=names[1]} >/dev/null 2>&1 </dev/null &)
    else
      exec {input}< <(command ${program} __complete --refresh \${=names[1]} 2>/dev/null </dev/null)
      read -t ${String(waitSeconds)} -r -u $input each
      exec {input}<&-
    fi
  fi
  [[ -r $file ]] || return
  list=(\${(f)"$(<$file)"})
}
# Sets answers, or fails if only the program knows them.
${prefix}_lookup() {
  # The program completes lists and --flag=value.
  [[ $current == *[,=$'\\t']* ]] && return 1
  local key home each start=$current used=' '
  local -a list others names files
  ${prefix}_position && ${prefix}_table "$key" && ${prefix}_home && ${prefix}_is_current || return
  if (( $#files )); then
    answers=(':files')
    return
  fi
  (( $#names == 0 )) || ${prefix}_names || return
  answers=("\${(@M)list:#$start*}")
  # Names never start with a dash, so only flags are left out.
  if [[ $used != ' ' && \${answers[1]-} == -* ]]; then
    answers=()
    for each in "\${(@M)list:#$start*}"; do
      [[ $used == *" \${each%%$'\\t'*} "* ]] || answers+=("$each")
    done
  fi
  (( $#answers )) || answers=("\${(@M)others:#$start*}")
  answers+=(':none')
}
`,
  };
}
