#!/bin/sh
# mca.sh [--check] [--output=FILE] [--measured=FILE] {BUILD | --wrapper=COMMAND} ...
#
# Runs LLVM's machine-code analyser on the inner loop of every register tile in the objects of these build folders.
# Writes a table of kernels and CPUs to standard output and FILE (results/mca.md), then fails if a tile spills or its
# loop was not found.
#
#   --wrapper=COMMAND   runs the programs of the builds that follow, as in --wrapper='qemu-aarch64 -cpu max'
#   --measured=FILE     a result file of knnmark-bench, of this machine; without one it runs the benchmarks of the first
#                       build itself
#   --check             no measurement, no file
#
# MCA names the analyser; by default it is the best one found.
set -eu
export LC_ALL=C
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# A CPU, the instruction sets it runs, the prefix of the resources of its own model, CPUs that it is the nearest to. If
# LLVM has no model of its own for a CPU, it takes another's: a note says so, or the CPU is left out if that other is in
# this list.
cat >"$work/models" <<'END'
skylake-avx512  avx2,avx512bw             SKX   cascadelake,cooperlake,cannonlake
icelake-server  avx2,avx512bw,avx512vnni  ICX   icelake-client,tigerlake,rocketlake,sapphirerapids,emeraldrapids
alderlake       avx2,avxvnni              ADLP  raptorlake,meteorlake,arrowlake,lunarlake
znver3          avx2                      Zn3   znver1,znver2
znver4          avx2,avx512bw,avx512vnni  Zn4   znver5
znver5          avx2,avx512bw,avx512vnni  Zn5   -
cortex-a72      neon                      A72   cortex-a57
cortex-a76      neon,neondot              A76   cortex-a77,cortex-a78
neoverse-n1     neon,neondot              N1    -
neoverse-v1     neon,neondot,neoni8mm     V1    cortex-x1,neoverse-v2
neoverse-n2     neon,neondot,neoni8mm     N2    cortex-a710
apple-m1        neon,neondot              M1    apple-m2,apple-m3,apple-m4
END

fail() {
    echo "mca: $*" >&2
    exit 1
}

problem() {
    echo "mca: $*" >>"$work/problems"
}

find_analyser() {
    for suffix in -22 -19 -21 -20 -18 -17 -16 -15 ""; do # older ones have no model of the Neoverse cores
        command -v "llvm-mca$suffix" && return
    done
    fail "no llvm-mca here: install the package llvm-19 or a newer one, or name the program in MCA"
}

# list_tiles BUILD WRAPPER: "<kernel> <isa> <vector instructions of a step> <byte pairs of a step> <object>"
list_tiles() {
    # shellcheck disable=SC2086 # a command and its arguments
    $2 "$1/knnmark" kernels --json >"$work/list" ||
        fail "$1/knnmark does not run${2:+ under $2}: build it, and give builds for other CPUs a --wrapper"
    sed -n 's/^  "compiler": "\(.*\)",$/\1/p' "$work/list" >>"$work/compilers"
    sed 's/[",:]//g' "$work/list" | awk -v build="$1" '
        { is[$1] = $2 }
        $1 == "summary" && is["group"] > 0 {
            object = is["name"]
            sub(/_[0-9]+x[0-9]+$/, "", object)
            pairs = is["mr"] * is["nr"] * is["group"]
            print is["name"], is["isa"], pairs / is["step"] * is["ops"], pairs, build "/kernels/" object ".o"
        }' >>"$work/tiles"
}

# measure BUILD: a result file of its tiles, everything in cache
measure() {
    "$1/knnmark-bench" --data=synthetic:train=64,test=64 --benchmark_filter='^kernel/.*_[0-9]+x[0-9]+/dim:3072(/|$)' \
        --benchmark_repetitions=5 --benchmark_out="$work/measured.json" --benchmark_out_format=json >"$work/log" 2>&1 ||
        fail "$1/knnmark-bench cannot measure the tiles (--check goes without): $(tail -n 1 "$work/log")"
}

# analyse KERNEL ISA INSTRUCTIONS PAIRS OBJECT: adds a row for every CPU that runs it
analyse() {
    case $2 in
        neon*) triple=aarch64 features=-mattr=+dotprod,+i8mm ;;
        *) triple=x86_64 features="" ;;
    esac
    # shellcheck disable=SC2086 # one argument or none
    found=$("$objdump" -d --no-show-raw-insn ${features:+-$features} "$5" 2>"$work/log" |
        awk -v tile="tile_${1##*_}" -v work="$3" -v out="$work/loop" -f "$here/loop.awk")
    if [ -z "$found" ]; then
        problem "$1: no inner loop of tile_${1##*_} in $5: is it defined by KNN_TILE_BY_WIDTH?"
        return
    fi
    spills=${found% *} steps=${found#* }
    [ "$spills" = 0 ] || problem "$1 spills: loads and stores of the stack in its inner loop: $spills"
    awk -v isa="$2" 'index("," $2 ",", "," isa ",") { print $1 }' "$work/models" >"$work/cpus"
    [ -s "$work/cpus" ] || problem "$1: no CPU in the list of $0 runs $2"
    while read -r cpu; do
        # shellcheck disable=SC2086 # one argument or none
        for iterations in 200 400; do
            "$mca" -mtriple=$triple $features -mcpu="$cpu" -iterations=$iterations -instruction-info=false \
                "$work/loop" 2>&1 || break
        done >"$work/log"
        if grep -q 'not a recognized processor' "$work/log"; then
            echo "$1 $cpu unknown" >>"$work/rows"
            continue
        fi
        awk -v kernel="$1" -v cpu="$cpu" -v pairs=$(($4 * steps)) -v spills="$spills" -f "$here/row.awk" \
            "$work/log" >>"$work/rows" || problem "$1: $mca fails on $cpu: $(grep -m 1 error "$work/log")"
    done <"$work/cpus"
}

mca=${MCA:-$(find_analyser)}
objdump=${mca%llvm-mca*}llvm-objdump${mca##*llvm-mca}
"$mca" --version >"$work/version" 2>&1 ||
    fail "$mca does not run: install the package llvm-19, or name another one in MCA"
command -v "$objdump" >/dev/null || fail "there is no $objdump beside $mca: both come with the package llvm-19"

for list in tiles compilers rows problems; do
    : >"$work/$list"
done
output=results/mca.md measured="" check="" wrapper="" native=""
for argument; do
    case $argument in
        --check) check=1 ;;
        --output=*) output=${argument#*=} ;;
        --measured=*) measured=${argument#*=} ;;
        --wrapper=*) wrapper=${argument#*=} ;;
        -*) fail "no option $argument: the head of $0 lists them" ;;
        *)
            list_tiles "$argument" "$wrapper"
            [ -n "$wrapper" ] || native=${native:-$argument}
            ;;
    esac
done
[ -s "$work/tiles" ] || fail "no tiles: name a build folder, as in $0 build"
if [ -n "$measured" ]; then
    [ -r "$measured" ] || fail "cannot read $measured"
    cp "$measured" "$work/measured.json"
elif [ -z "$check" ] && [ -n "$native" ]; then
    measure "$native"
fi

while read -r tile; do
    # shellcheck disable=SC2086 # its words
    analyse $tile
done <"$work/tiles"

# The median of each benchmark at the dimension of CIFAR-10: "<kernel> <byte pairs a cycle> <repetitions>".
[ -s "$work/measured.json" ] || : >"$work/measured.json"
sed 's/[",]//g' "$work/measured.json" | awk '
    $1 == "name:" { split($2, part, "/") }
    $1 == "repetitions:" { repetitions = $2 }
    $1 == "byte_pairs_per_cycle:" && part[1] == "kernel" && part[3] == "dim:3072_median" {
        print part[2], $2, repetitions
    }' >"$work/measured"
[ -z "$measured" ] || [ -s "$work/measured" ] ||
    fail "$measured has no medians of kernel/<tile>/dim:3072: give a file of \`make bench\` on this machine"
source=${measured:+in $measured}

awk -v version="$(sed -n 's/.*LLVM version \([0-9.]*\).*/\1/p' "$work/version")" \
    -v source="${source:-timed for this table}" -v cpu_name="$(sed -n 's/^    "cpu": "\(.*\)",*$/\1/p' "$work/measured.json")" \
    -v host="$(sed -n 's/.*Host CPU: *//p' "$work/version")" -v compilers="$(sort -u "$work/compilers")" \
    -f "$here/table.awk" file=models "$work/models" file=measured "$work/measured" file=rows "$work/rows" \
    >"$work/table"
cat "$work/table"
if [ -z "$check" ]; then
    cp "$work/table" "$output.part"
    mv "$output.part" "$output"
fi
cat "$work/problems" >&2
[ ! -s "$work/problems" ]
