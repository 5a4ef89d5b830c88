import type { StaticTable } from './static-table.js';
import { zshLookup } from './zsh-lookup.js';

/**
 * Returns the completion script for zsh, to evaluate or to store in `$fpath`. The `(Q)` flags remove the quotes
 * from the words without expanding them; zsh quotes what it inserts. `_comp_options` are the shell
 * options that the completion system's own functions need, such as `_files`.
 *
 * @param program - the command to complete; it also provides the suggestions.
 * @param table - answers that the script gives without starting the program.
 * @see doctor/completion.ts, which reads TPKS_COMPLETION
 */
export function zshScript(program = 'tpks', table?: StaticTable): string {
  const name = `_${program}`;
  const lookup = table && zshLookup(program, table);
  return `#compdef ${program}
# zsh completion for ${program}: ${
    lookup === undefined
      ? `eval "$(${program} completion zsh)", or this text as file _${program} in $fpath`
      : lookup.comment
  }
${lookup?.functions ?? ''}${name}() {
  setopt localoptions \${_comp_options[@]}
  local -a before answers values shown suffix
  local answer note directive current=\${(Q)PREFIX}
  local -i width=0
  (( CURRENT > 2 )) && before=("\${(@Q)words[2,CURRENT-1]}")
  ${lookup === undefined ? '' : `${lookup.call} || `}answers=("\${(@f)$(command ${program} __complete -- "\${before[@]}" "$current" 2>/dev/null </dev/null)}")
  directive=$answers[-1]
  answers[-1]=()
  if [[ $directive == ':files' ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files
    return
  fi
  values=("\${(@)answers%%$'\\t'*}")
  for answer in "\${values[@]}"; do
    (( \${#answer} > width )) && width=\${#answer}
  done
  for answer in "\${answers[@]}"; do
    note=''
    [[ $answer == *$'\\t'* ]] && note="  \${answer#*$'\\t'}"
    answer="\${(r:width:)answer%%$'\\t'*}$note"
    shown+=("\${answer[1,COLUMNS-1]}")
  done
  if [[ "\${(j::)answers}" == *$'\\t'* ]]; then
    compadd -l -V ${program} -d shown -a values
  else
    # The value follows a key such as --filter name=.
    [[ $values[1] == *= ]] && suffix=(-S '')
    compadd "\${suffix[@]}" -V ${program} -a values
  fi
}
[[ \${TPKS_COMPLETION-} == "zsh $$ "* ]] || TPKS_COMPLETION="zsh $$"
[[ " $TPKS_COMPLETION " == *" ${program} "* ]] || TPKS_COMPLETION+=" ${program}"
export TPKS_COMPLETION
if [[ $funcstack[1] == ${name} ]]; then
  ${name} "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef ${name} ${program}
fi
`;
}
