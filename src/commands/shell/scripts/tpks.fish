# fish completion for tpks: tpks completion fish | source

# For fish 3.1 or newer, which removes the quotes from the words before the cursor, and quotes what it inserts.
function __tpks_complete
    set -l before (commandline -opc)
    set -l token (commandline -ct)
    # The word under the cursor may still lack its closing quote.
    set -l current (string unescape -- $token; or string unescape -- $token"'"; or string unescape -- $token'"'; or echo $token)
    set -l answers
    # fish prints an error for an unknown command, even with 2>/dev/null.
    command -sq tpks; or return
    set answers (command tpks __complete -- $before[2..] "$current" 2>/dev/null </dev/null)
    if test "$answers[-1]" != :files
        set -e answers[-1]
        # fish would insert a leading ~ unescaped, and then expand it to a home directory.
        string match -qr '^[\\\\"\']' -- $token; or set answers (string match -v -- '~*' $answers)
        test (count $answers) -gt 0; and printf '%s\n' $answers
    else if string match -qr '^--[^=]+=' -- $current
        set -l parts (string split -m 1 = -- $current)
        for path in (__fish_complete_path $parts[2])
            printf '%s=%s\n' $parts[1] $path
        end
    else if string match -q '~/*' -- $token
        # __fish_complete_path does not expand a variable that contains ~.
        string replace -- $HOME '~' (__fish_complete_path $HOME(string sub -s 2 -- $current))
    else
        __fish_complete_path $current
    end
end
complete -c tpks -e
complete -c tpks -f -k -a '(__tpks_complete)'
# tpks doctor reads this variable.
set -gx TPKS_COMPLETION fish
