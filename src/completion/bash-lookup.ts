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
 * Creates the part of the script for bash (3.2 or newer) that answers from the table and from the cache
 * folder. The functions use the local variables of the script's main function.
 */
export function bashLookup(program: string, table: StaticTable): StaticLookup {
  const prefix = `_${program.replace(/\W/g, '_')}`;
  const contexts = contextsFile(findProgram(program));
  const flags = table.globalFlags.map((lines) => lines.map(quoteForPosixShell).join(' '));
  const syntax: TableSyntax = {
    quote: quoteForPosixShell,
    branch: (keys, commands) => `    ${keys.join(' | ')}) ${commands} ;;`,
    assign: (name, words) => `${name}=(${words.join(' ')})`,
    references: ['"${long_flags[@]}"', '"${short_flags[@]}"'],
    assignWords: (name, words) => `${name}=${quoteForPosixShell(words.join(' '))}`,
  };
  return {
    comment: lookupComment('bash'),
    call: `${prefix}_lookup`,
    functions: `${prefix}_table() {
  local -a long_flags=(${flags[0] ?? ''}) short_flags=(${flags[1] ?? ''})
  case $1 in
${formatBranches(table, syntax)}
    none) ;;
    *) return 1 ;;
  esac
}
# Sets count to the number of arguments of a command, and flags to its flags. After the forms of a flag,
# = means that it takes a value, : that nothing is suggested for the value, and + that it is repeatable.
${prefix}_command() {
  case $1 in
${formatCommands(table, syntax)}
    *) return 1 ;;
  esac
  flags+=${quoteForPosixShell(` ${findRootFlags(table.commands).join(' ')}`)}
  flags=" $flags"
}
# Sets key to the position in the table, and used to the flags before it.
${prefix}_position() {
  local each form forms rest pending='' path='' index=0 count flags
  ${prefix}_command '' || return
  for each in \${words[@]+"\${words[@]:1}"}; do
    if [[ -n $pending ]]; then
      pending=''
    elif [[ $each == -?* ]]; then
      form=$each
      [[ $each == --*=* ]] && form=\${each%%=*}
      [[ $form != *[,' ']* && $flags == *",$form,"* ]] || return
      forms=\${flags%%",$form,"*} rest=\${flags#*",$form,"}
      forms=\${forms##* },$form,\${rest%% *}
      [[ $forms == *[=:]* && $form == "$each" ]] && pending=$form,$forms
      [[ $forms == *+* ]] || used+=\${forms//,/ }
    elif [[ -n $count ]]; then
      index=$((index + 1))
    else
      [[ $each == *[!a-z0-9-]* ]] && return 1
      path+=" $each"
      ${prefix}_command "$path" || return
    fi
    [[ ' ${clusterWords.join(' ')} ' == *" $each "* && $path != " $each" ]] && return 1
  done
  key=$path
  if [[ $pending == *:* ]]; then
    key=none
  elif [[ -n $pending ]]; then
    key+=" \${pending%%,*}"
  elif [[ $word == -* ]]; then
    key+=' -'
  elif [[ -n $count ]]; then
    [[ $count == *+ && $index -ge \${count%+} ]] && index=$((\${count%+} - 1))
    # After the last argument, only flags in their long form are suggested.
    if ((index < \${count%+})); then key+=" $index"; else key+=' -' start=\${word:---}; fi
  fi
  return 0
}
# Sets home to the folder of the settings.
${prefix}_home() {
  # The program sees only exported variables. The check starts a process, so it runs once for each value.
  if [[ \${${prefix}_exported-} != "\${TPKS_HOME-} \${XDG_CONFIG_HOME-}" ]]; then
    for each in ${homeVariables(program)}; do
      [[ -z \${!each-} ]] && continue
      case $(declare -p "$each") in
        'declare -x'* | 'declare -'[a-z]x*) ;;
        *) return 1 ;;
      esac
    done
    ${prefix}_exported="\${TPKS_HOME-} \${XDG_CONFIG_HOME-}"
  fi
  home=\${TPKS_HOME-}
${isPksLink(program) ? '  [[ -z $home && -n ${PKS_HOME-} ]] && home=$PKS_HOME/.tpks\n' : ''}\
  [[ -n $home ]] && return
  [[ -n \${HOME-} ]] || return
  case $OSTYPE in
    darwin*) home=$HOME/Library/Preferences/tpks ;;
    msys* | cygwin*) return 1 ;;
    *) home=\${XDG_CONFIG_HOME:-$HOME/.config}/tpks ;;
  esac
}
# Whether tpks has recorded that this program has the version of this script. The record has the same
# modification time as the program, and contains its path without links.
${prefix}_is_recorded() {
  local target
  [[ -r $record && ! $record -nt $file && ! $record -ot $file ]] || return
  IFS= read -r target <"$record" && [[ $target -ef $file ]]
}
# Whether the installed program has the version of this script.
${prefix}_is_current() {
  local folders=$PATH: folder file='' record
  while [[ -n $folders && -z $file ]]; do
    folder=\${folders%%:*} folders=\${folders#*:}
    file=\${folder:-.}/${program}
    [[ -f $file && -x $file ]] || file=''
  done
  [[ -n $file ]] || return
  record=$home/cache/program-${version}\${file//\\//%}
  ${prefix}_is_recorded && return
  case \${${prefix}_checked-} in
    "same $file") return 0 ;;
    "other $file") return 1 ;;
  esac
  ${prefix}_checked="other $file"
  if [[ $(command ${program} __complete --version "$file" 2>/dev/null </dev/null) != '${version}' ]]; then
    printf '\\n%s\\n' ${quoteForPosixShell(outdatedNotice('bash', program))} >&2
    return 1
  fi
  ${prefix}_checked="same $file"
  ${prefix}_is_recorded && ${prefix}_checked=''
  return 0
}
${prefix}_read() {
  if ((BASH_VERSINFO[0] >= 4)); then
    mapfile -t lines <"$1"
    return
  fi
  local each
  lines=()
  while IFS= read -r each; do lines+=("$each"); done <"$1"
}
# Sets list to the names in the cache folder. tpks decides whether they are old, and then updates them in
# the background. The user waits for missing names.
${prefix}_names() {
  local suffix file=$home/cache/${contexts}.txt minute=$((SECONDS / 60))
  local -a lines=()
  [[ -f $home/config.json && -r $file && ! $home/config.json -nt $file ]] || return
  [[ $home/config.json -nt $home/cache/${contexts}-start.txt ]] || return
  ${prefix}_read "$file"
  [[ \${lines[0]-} == 1 ]] || return
  if [[ $names == contexts ]]; then
    list=("\${lines[@]:3}")
    return
  fi
  [[ -z \${TPKS_CONTEXT-}\${TPKS_API-}\${TPKS_UAA_URL-} ]] || return
  # The names of other contexts and identity zones.
  [[ $used == *' --context '* || $used == *' --zone'* ]] && return 1
  suffix=\${lines[1]}
  [[ $names == uaa* ]] && suffix=\${lines[2]}
  # No context is selected, so no names are cached.
  [[ $suffix == . ]] && return
  file=$home/cache/\${names#* }$suffix.txt
  [[ \${${prefix}_refreshed-} == "$minute "* ]] || ${prefix}_refreshed="$minute "
  if [[ $${prefix}_refreshed != *" $file "* ]]; then
    ${prefix}_refreshed+=" $file "
    if [[ -f $file ]]; then
      # In a subshell, bash prints no messages about the job.
      (command ${program} __complete --refresh $names >/dev/null 2>&1 </dev/null &)
    else
      read -t ${String(waitSeconds)} -r each < <(command ${program} __complete --refresh $names 2>/dev/null </dev/null)
    fi
  fi
  [[ -r $file ]] || return
  ${prefix}_read "$file"
  list=("\${lines[@]}")
}
# Sets answers, or fails if only the program knows them.
${prefix}_lookup() {
  # The program completes lists and --flag=value. With nocasematch, names would match in any case.
  [[ $word == *[,=$'\\t']* ]] && return 1
  shopt -q nocasematch && return 1
  local key home each start=$word used=' ' IFS=' '
  local -a list=() others=() names=() files=()
  ${prefix}_position && ${prefix}_table "$key" && ${prefix}_home && ${prefix}_is_current || return
  if [[ -n \${files-} ]]; then
    answers=(':files')
    return
  fi
  [[ -z \${names-} ]] || ${prefix}_names || return
  for each in \${list[@]+"\${list[@]}"}; do
    [[ $each == "$start"* && $used != *" \${each%%$'\\t'*} "* ]] && answers+=("$each")
  done
  if ((\${#answers[@]} == 0)); then
    for each in \${others[@]+"\${others[@]}"}; do
      [[ $each == "$start"* ]] && answers+=("$each")
    done
  fi
  answers+=(':none')
}
`,
  };
}
