# Completion of edgegate in fish. Installed with the package; else: edgegate completion fish | source
# The program itself says what may come next, so that this never falls behind it.
function __edgegate_next
    set -l line (commandline -cp)
    set -l program (commandline -opc)[1]
    $program "[suggest:"(string length -- $line)"]" (string replace -a = ' ' -- $line) 2>/dev/null | string match -rv '^[-/][?h]$'
end
complete -c edgegate -f -a '(__edgegate_next)'
complete -c edgegate -l config -r -F
complete -c edgegate -l tuning -r -F
