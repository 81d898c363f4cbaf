#compdef edgegate
# Completion of edgegate in zsh. Installed with the package; else: source <(edgegate completion zsh)
# The program itself says what may come next, so that this never falls behind it; where it says nothing, a file may come.
_edgegate() {
    local line="${(j: :)words[1,CURRENT]}"
    local -a found
    found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "${line//=/ }" 2>/dev/null | grep -v '^[-/][?h]$')}")
    if [[ -n "$found" ]]; then
        compadd -a found
    else
        _files
    fi
}
if [[ "$funcstack[1]" == _edgegate ]]; then
    _edgegate "$@"
else
    compdef _edgegate edgegate
fi
