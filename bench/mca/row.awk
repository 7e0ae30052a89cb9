# Makes a row of the table from two outputs of llvm-mca on one loop, for few and for many iterations:
#
#   <kernel> <cpu> <model> <byte pairs a cycle> <share in %> <spills> <bound ...>
#
#   -v kernel, cpu, spills   as they stand there
#   -v pairs                 byte pairs of an iteration
#
# `model` is the prefix of the model's resources ("Zn4"). Cycles are those of an iteration in the steady state. `share`
# is the part of them that resources and dispatch need at least. That is not the time of the busiest pipe: llvm-mca
# spreads instructions over pipes as they come, so one of several equal pipes may seem too busy. It is "Block
# RThroughput", which looks at dispatch and at each group of pipes by itself, or the mean over all busy pipes if that is
# more. `bound` names the busiest resources, or dispatch. Fails if llvm-mca did.

$1 == "Iterations:" { previous = iterations; iterations = $2 }
$1 == "Total" && $2 == "Cycles:" { earlier = cycles; cycles = $3 }
$1 == "Total" && $2 == "uOps:" { uops = $3 }
$1 == "Dispatch" && $2 == "Width:" { width = $3 }
$1 == "Block" && $2 == "RThroughput:" { limit = $3 }

$1 ~ /^\[[0-9.]+\]$/ && $2 == "-" { # "[12.0] - Zn4FP45"; units of one kind share a name
    if (model == "") {
        model = $3
        sub(/(Unit|Port|Divider|AGU).*/, "", model)
    }
    unit[$1] = substr($3, length(model) + 1)
    sub(/^Unit/, "", unit[$1])
}

/^Resource pressure per iteration:/ { # then the units, and the cycles that each is busy
    getline
    units = split($0, column)
    getline
    split($0, busy)
}

END {
    if (previous == "" || cycles <= earlier || units == 0)
        exit 1
    for (i = 1; i <= units; i++)
        if (busy[i] > most)
            most = busy[i] + 0
    for (i = 1; i <= units; i++)
        if (busy[i] >= 0.95 * most && !named[unit[column[i]]]++)
            bound = bound " " unit[column[i]]
    for (i = 1; i <= units; i++)
        if (busy[i] >= most / 2) {
            sum += busy[i]
            pipes++
        }
    if (sum / pipes > limit)
        limit = sum / pipes
    if (uops / iterations / width > limit - 0.06) # the limit is rounded to tenths
        bound = " dispatch"
    each = (cycles - earlier) / (iterations - previous)
    print kernel, cpu, model, pairs / each, 100 * limit / each, spills bound
}
