# Finds the inner loop of one tile in the disassembly of an object (llvm-objdump -d --no-show-raw-insn, AT&T syntax).
#
#   -v tile=tile_6x8   the function; a compiler may have added a suffix (.part.0) or cut it in pieces
#   -v work=24         vector instructions that the arithmetic of one step of the full tile takes, at least
#   -v out=FILE        where the loop's instructions go, for llvm-mca
#
# Prints "<spills> <steps that one iteration covers>", or nothing if there is no such loop.
#
# A loop ends with a conditional jump back. (Other jumps back lead from code that was moved away, past a return.) A tile
# has one for each panel width, and may flush narrow sums in more loops. The full-width loop is the innermost one with
# the most vector arithmetic: loads, stores, moves and broadcasts do not count.

BEGIN { best = work - 1 }

/^[0-9a-f]+ <.*>:$/ {
    judge_loops()
    name = $2
    gsub(/[<>:]/, "", name)
    sub(/^_/, "", name)
    inside = name == tile || index(name, tile ".") == 1
    next
}

inside && /^ *[0-9a-f]+:/ { # "  27f:  jne  0x1e0 <tile_6x8+0x80>"
    address = $1
    sub(/:$/, "", address)
    at[address] = ++n
    text = $0
    sub(/^ *[0-9a-f]+:[ \t]*/, "", text)
    sub(/[ \t]*(# |\/\/).*/, "", text)
    target[n] = ""
    if (match(text, /0x[0-9a-f]+ <[^>]*>$/) && is_jump(text)) {
        target[n] = substr(text, RSTART + 2)
        sub(/ .*/, "", target[n])
        text = substr(text, 1, RSTART - 1) "loop"
    }
    sub(/ <.*>/, "", text)
    line[n] = text
}

END { judge_loops() }
END { if (spills != "") print spills, steps }

function is_jump(text) {
    return text ~ /^(j[a-z]+|b|b\.[a-z]+|cbn?z|tbn?z)[ \t]/
}

# Takes the function (or the piece of one) in line[1..n]; leaves the best loop so far in `out`.
function judge_loops(    i, first, last, inner, arithmetic) {
    for (last = 1; last <= n; last++) {
        first = target[last] in at ? at[target[last]] : n + 1
        if (first > last)
            continue
        inner = line[last] !~ /^(jmp|b)[ \t]/
        for (i = first; i < last; i++)
            if (line[i] ~ /^ret/ || (target[i] in at && at[target[i]] <= i))
                inner = 0
        arithmetic = 0
        for (i = first; i <= last; i++)
            arithmetic += is_arithmetic(line[i])
        if (!inner || arithmetic <= best)
            continue
        best = arithmetic
        take(first, last)
        steps = int(arithmetic / work)
    }
    n = 0
    split("", at)
}

function is_arithmetic(text) {
    if (text ~ /%[xyz]mm/) # no move, widening load or broadcast, and no store
        return text !~ /^v?(mov|pmov|pbroadcast|broadcast)/ && text !~ /\)$/
    return text ~ /[ \t,{]v[0-9]+\./ && text !~ /^(mov|movi|mvni|dup|ld|st)/
}

function take(first, last,    i) {
    spills = 0
    print "loop:" > out
    for (i = first; i <= last; i++) {
        print line[i] > out
        spills += is_access(line[i]) && is_stack(base_of(line[i]), i)
    }
    close(out)
}

# -- the stack --------------------------------------------------------------------------------------------------------

function is_access(text) {
    return text ~ /\(%|\[/ && text !~ /^(lea|nop|prefetch|prfm)/
}

# The register that a memory operand starts from.
function base_of(text) {
    return match(text, /(\(%|\[)[a-z0-9]+/) ? bare(substr(text, RSTART, RLENGTH)) : ""
}

function bare(operand) {
    gsub(/[^a-z0-9]/, "", operand)
    return operand
}

# Whether `register` holds an address of the stack at line[i]: it is the stack pointer, or was last made from it. So a
# frame pointer counts, and so does an array's address, but %rbp or x29 as a general register does not. Lines are taken
# to run in their order, and what an exit in between restores is ignored.
function is_stack(register, i) {
    while (register != "" && register != "rsp" && register != "sp") {
        for (i--; i > 0 && made_by(line[i]) != register; i--)
            ;
        register = i > 0 ? source : ""
    }
    return register != ""
}

# The register that a copy, an address or a load writes. Sets `source` to the register it is made from; none for a load.
function made_by(text,    part) {
    source = ""
    if (text ~ /^(mov|lea)[a-z]*[ \t].*%[a-z0-9]+$/) { # x86: into the last operand
        if (text ~ /^lea/)
            source = base_of(text)
        else if (text ~ /[ \t]%[a-z0-9]+, *%[a-z0-9]+$/) {
            split(text, part, /[ \t,]+/)
            source = bare(part[2])
        }
        sub(/.*%/, "", text)
        return text
    }
    if (text ~ /^(mov|add|sub|ldr)[ \t]+x[0-9]+, /) { # Arm: into the first
        split(text, part, /[ \t,]+/)
        if (text !~ /^ldr/)
            source = bare(part[3])
        return part[2]
    }
    return ""
}
