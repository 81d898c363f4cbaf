# Completion of edgegate in bash. Installed with the package; else: source <(edgegate completion bash)
# The program itself says what may come next, so that this never falls behind it; where it says nothing, a file may come.
_edgegate() {
    local line=${COMP_LINE:0:COMP_POINT} word=${COMP_WORDS[COMP_CWORD]}
    [ "$word" = "=" ] && word=""
    mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "${line//=/ }" 2>/dev/null |
        grep -v '^[-/][?h]$')" -- "$word")
}
complete -o default -F _edgegate edgegate
