# bash completion for tpks: eval "$(tpks completion bash)"
# shellcheck shell=bash disable=SC1003

# For bash 3.2, the version on macOS, or newer. Splits the line without expanding or running anything, because bash
# splits COMP_WORDS at each : = @ and does not remove quotes. Readline replaces only the text after the last of these
# characters, or after an open quote: "prefix_length" is the number of characters before that text.
_tpks_complete() {
  local line=${COMP_LINE:0:COMP_POINT} char word='' quote='' inside='' redirect='' prefix_length=0 i j
  local -a words=()
  for ((i = 0; i < ${#line}; i++)); do
    char=${line:i:1}
    if [[ -n $quote && $char == "$quote" ]]; then
      quote=''
    elif [[ $char == '\' && $quote != "'" ]]; then
      # Within double quotes, a backslash escapes only these four characters.
      [[ -z $quote || ${line:i+1:1} == ['"$`\'] ]] && i=$((i + 1))
      word+=${line:i:1} inside=1
    elif [[ -n $quote ]]; then
      word+=$char
    else
      case $char in
        "'" | '"') quote=$char inside=1 prefix_length=${#word} ;;
        ' ' | $'\t')
          [[ -n $inside && -z $redirect ]] && words+=("$word")
          [[ -n $inside ]] && redirect=''
          word='' inside='' prefix_length=0
          ;;
        '<' | '>')
          # A file name follows; a number before the operator is a file descriptor.
          [[ -n $inside && $word == *[!0-9\&]* ]] && words+=("$word")
          word='' inside='' prefix_length=0 redirect=1
          ;;
        *)
          word+=$char inside=1
          # Readline replaces the text after such a character, or from it if it is an @.
          [[ $COMP_WORDBREAKS == *"$char"* ]] && prefix_length=${#word}
          [[ $char == '@' && $prefix_length == "${#word}" ]] && prefix_length=$((prefix_length - 1))
          ;;
      esac
    fi
  done
  COMPREPLY=()
  [[ -n $redirect ]] && return

  local answer value escaped width=0
  local -a answers=() notes=()
  while IFS= read -r answer; do
    answers+=("$answer")
  done < <(command tpks __complete -- "${words[@]:1}" "$word" 2>/dev/null </dev/null)
  local count=$((${#answers[@]} - 1))
  # Without suggestions, readline completes file names.
  [[ $count == -1 || ${answers[count]} == ':files' ]] && return
  compopt +o default 2>/dev/null || :

  for ((i = 0; i < count; i++)); do
    answer=${answers[i]}
    [[ $answer == *$'\t'* ]] && notes[i]=${answer#*$'\t'}
    value=${answer%%$'\t'*}
    value=${value:prefix_length}
    if [[ -z $quote ]]; then
      [[ -n $value ]] && printf -v value %q "$value"
    else
      escaped=''
      for ((j = 0; j < ${#value}; j++)); do
        char=${value:j:1}
        case $quote$char in
          "''") char="'\''" ;;
          '"!') char="\"'!'\"" ;;
          '"'['"$`\']) char="\\$char" ;;
        esac
        escaped+=$char
      done
      # Readline does not close the quote if the text ends in that character.
      [[ $escaped == *"$quote" ]] && escaped+=$quote
      value=$escaped
    fi
    COMPREPLY[i]=$value
    ((${#value} > width)) && width=${#value}
  done
  # The value follows a key such as --filter name=.
  [[ $count == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  # 63 is ?: the choices are listed, and none is inserted, so descriptions can be added.
  if [[ $COMP_TYPE == 63 ]]; then
    for i in "${!notes[@]}"; do
      printf -v 'COMPREPLY[i]' '%-*s  (%s)' "$width" "${COMPREPLY[i]}" "${notes[i]}"
    done
  fi
}
complete -o default -o nosort -F _tpks_complete tpks 2>/dev/null ||
  complete -o default -F _tpks_complete tpks
# tpks doctor reads this variable.
export TPKS_COMPLETION=bash
