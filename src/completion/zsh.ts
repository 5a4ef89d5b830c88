/**
 * The completion script for zsh: to be evaluated, or to be found in `$fpath`. zsh takes the quotes
 * off the words (`Q`) without expanding them, and puts quotes round what it inserts.
 *
 * @param program - the command that is completed, and that is asked for suggestions.
 */
export function zshScript(program = 'tpks'): string {
  const name = `_${program}`;
  return `#compdef ${program}
# zsh completion for ${program}: eval "$(${program} completion zsh)", or this text as file _${program} in $fpath
${name}() {
  emulate -L zsh
  local -a before answers values shown
  local answer note directive current=\${(Q)PREFIX}
  local -i width=0
  (( CURRENT > 2 )) && before=("\${(@Q)words[2,CURRENT-1]}")
  answers=("\${(@f)$(command ${program} __complete -- "\${before[@]}" "$current" 2>/dev/null </dev/null)}")
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
    compadd -V ${program} -a values
  fi
}
if [[ $funcstack[1] == ${name} ]]; then
  ${name} "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef ${name} ${program}
fi
`;
}
