#compdef tpks
# zsh completion for tpks: eval "$(tpks completion zsh)", or save this script as _tpks in a folder in $fpath

# The (Q) flags remove the quotes from the words without expanding them, and zsh quotes what it inserts.
# _comp_options are the options that the functions of the completion system need, such as _files.
_tpks() {
  setopt localoptions ${_comp_options[@]}
  local -a before answers values shown suffix
  local answer note directive current=${(Q)PREFIX}
  local -i width=0
  (( CURRENT > 2 )) && before=("${(@Q)words[2,CURRENT-1]}")
  answers=("${(@f)$(command tpks __complete -- "${before[@]}" "$current" 2>/dev/null </dev/null)}")
  directive=$answers[-1]
  answers[-1]=()
  if [[ $directive == ':files' ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files
    return
  fi
  values=("${(@)answers%%$'\t'*}")
  for answer in "${values[@]}"; do
    (( ${#answer} > width )) && width=${#answer}
  done
  for answer in "${answers[@]}"; do
    note=''
    [[ $answer == *$'\t'* ]] && note="  ${answer#*$'\t'}"
    answer="${(r:width:)answer%%$'\t'*}$note"
    shown+=("${answer[1,COLUMNS-1]}")
  done
  if [[ "${(j::)answers}" == *$'\t'* ]]; then
    compadd -l -V tpks -d shown -a values
  else
    # The value follows a key such as --filter name=.
    [[ $values[1] == *= ]] && suffix=(-S '')
    compadd "${suffix[@]}" -V tpks -a values
  fi
}
# tpks doctor reads this variable.
export TPKS_COMPLETION=zsh
if [[ $funcstack[1] == _tpks ]]; then
  _tpks "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef _tpks tpks
fi
