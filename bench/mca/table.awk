# Makes the table from the list of models, the measurements ("<kernel> <byte pairs a cycle> <repetitions>") and the rows
# of row.awk.
#
#   -v version     of LLVM
#   -v host        LLVM's name of this CPU
#   -v cpu_name    what the measured CPU calls itself
#   -v source      where the measurement is
#   -v compilers   of the objects, a line each
#   file=models, file=measured, file=rows   before each of the three

BEGIN {
    name["A57"] = "the Cortex-A57"
    name["Cy"] = "Cyclone, an older core with fewer vector pipes"
    gsub(/\n/, " and ", compilers)
    line = "| %-20s | %-14s | %16s | %-22s | %5s | %6s | %8s | %18s |\n"
}

file == "models" {
    cpu[++cpus] = $1
    own[$1] = $3
    is_own[$3] = 1
    nearest[$1] = "," $4 ","
    next
}

file == "measured" {
    measured[$1] = $2
    repetitions = $3
    next
}

$3 == "unknown" || ($3 != own[$2] && $3 in is_own) { # this LLVM cannot, or would repeat another CPU's rows
    left_out[$2] = $3
    next
}

{
    if ($3 != own[$2])
        taken[$2] = $3
    row[++rows] = $0
    if ($2 == host || (near != host && index(nearest[$2], "," host ",")))
        near = $2
}

END {
    print "# The inner loops of the tiles, as LLVM's models of CPUs run them\n"
    print "Made by `make mca` with llvm-mca " version " from the objects of " compilers ".\n"
    printf line, "kernel", "CPU", "byte pairs/cycle", "bound", "share", "spills", "measured", "measured/predicted"
    rule = sprintf(line, ":", ":", ":", ":", ":", ":", ":", ":")
    gsub(/ /, "-", rule)
    gsub(/\|-:/, "|:-", rule)
    gsub(/:-\|/, "-:|", rule)
    printf "%s", rule
    for (i = 1; i <= rows; i++)
        print_row(row[i])
    print_legend()
}

function print_row(text,    field, words, bound, i, has) {
    words = split(text, field)
    bound = field[7]
    for (i = 8; i <= words; i++)
        bound = bound ", " field[i]
    has = field[2] == near && field[1] in measured
    any += has
    printf line, field[1], field[2], sprintf("%.1f", field[4]), bound, sprintf("%.0f %%", field[5]), field[6],
        has ? sprintf("%.1f", measured[field[1]]) : "", has ? sprintf("%.2f", measured[field[1]] / field[4]) : ""
}

function print_legend(    i) {
    print ""
    print "- byte pairs/cycle: predicted for one core in the steady state, everything in the first-level cache."
    print "- bound: the busiest resources of the model, or `dispatch` where the front end takes longer."
    print "- share: of the predicted cycles, those that resources or dispatch need at least (llvm-mca's block"
    print "  reciprocal throughput, or the mean over the busy pipes). The rest goes to waiting, or to an uneven choice among pipes that are alike:"
    print "  llvm-mca chooses as it goes, and a CPU may do better."
    print "- spills: loads and stores of the stack in the loop."
    if (any) {
        print "- measured: medians of " repetitions " repetitions on \"" cpu_name "\", " source ", in the rows of the model"
        print "  nearest to this CPU, which LLVM calls " host ". Above 1 the model expects too little of the CPU."
    } else {
        print "- measured: nothing in this run."
    }
    for (i = 1; i <= cpus; i++)
        if (cpu[i] in taken)
            print "- " cpu[i] ": LLVM has no model of it and takes " model_name(taken[cpu[i]]) "."
        else if (left_out[cpu[i]] == "unknown")
            print "- " cpu[i] ": left out, this LLVM does not know it."
        else if (left_out[cpu[i]] != "")
            print "- " cpu[i] ": left out, LLVM takes the model of another CPU of this table."
}

function model_name(prefix) {
    return prefix in name ? name[prefix] : prefix
}
