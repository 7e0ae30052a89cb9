#!/bin/sh
# selftest.sh BUILD [--only=EXPERIMENT,...] [--runs=N] [--list]: does `make regress` decide rightly on this machine?
#
# Runs the experiments below, base being head's own worker, and appends a line for each run to
# results/regress-selftest.csv. Runs that are in the file are not repeated, so that it can be stopped and continued.
# Runs of another version of bench/regress, or on another CPU, do not count. At the end bench/regress/validation.sh
# makes results/regress-validation.md from the file.
#
#   idle 100, loaded 100          base against itself: alone; while busy loops start and stop on the same cores
#   slow-X 30                     head scans X % more rows, X = 2, 3, 5, 10, 20
#   loaded-slow-10 30             10 % more, beside busy loops
#   query-10 30                   10 % more rows for one query at a time, which is bound by memory
#   head-load 20                  busy loops during head's epochs only
#   normal 20, loaded-normal 20   a usual run, with all benchmarks: base against itself, alone and beside busy loops
#   bisect 20                     a history of sixteen commits, one of them a tenth slower (histories.sh)
#   failures 1                    wrong distance, missing benchmark, interrupt, full disk, a base that does not build
#
# --runs sets how many runs of each the file shall have; --list only shows how many it has. Unless said otherwise, three
# benchmarks are timed: the searches in batches of 512 and the default L1 tile.
set -eu
build=$(cd "$1" && pwd)
shift
only='' runs='' list=''
csv=results/regress-selftest.csv
header=experiment,run,seed,date,load,exit,seconds,slower,faster,undecided,same,largest,ruled_out,version,cpu,note
regress=$build/knnmark-regress worker=$build/knnmark-regress-worker
experiments='idle:100 loaded:100 slow-2:30 slow-3:30 slow-5:30 slow-10:30 slow-20:30 loaded-slow-10:30 query-10:30
head-load:20 normal:20 loaded-normal:20 bisect:20 failures:1'

fail() {
    echo "regress-selftest: $*" >&2
    exit 2
}

for word in "$@"; do
    case $word in
    --only=*) only=,${word#*=}, ;;
    --runs=*) runs=${word#*=} ;;
    --list) list=1 ;;
    *) fail "$word: no such option; give --only=EXPERIMENT,..., --runs=N or --list" ;;
    esac
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
[ ! -e "$csv" ] || [ "$(head -n 1 "$csv")" = "$header" ] || fail "$csv has other columns: move it away"

# -- what must be the same in runs that count together -----------------------------------------------------------------

# The last commit that touched the driver or the experiments; a change of the report leaves runs valid.
code_version() {
    set -- bench/regress ':!bench/regress/validation.sh'
    git log -1 --abbrev=12 --format=%h -- "$@" 2>/dev/null || echo unknown
    [ -z "$(git status --porcelain -- "$@" 2>/dev/null)" ] || echo -dirty
}

cpu_name() {
    sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1 | tr -d ',"' | grep . || uname -m
    echo " ($(getconf _NPROCESSORS_ONLN) threads)"
}

version=$(code_version | tr -d '\n') cpu=$(cpu_name | tr -d '\n')

# -- a run -------------------------------------------------------------------------------------------------------------

# The number of a key in the result file's summary.
number() {
    sed -n "s/^  *\"$1\": \([-0-9.e]*\),*\$/\1/p" "$work/result.json" | head -n 1
}

# record EXPERIMENT RUN SEED LOAD STATUS NOTE: adds one line, with the numbers of the result file if there is one
record() {
    if [ -e "$work/result.json" ]; then
        values=$(number seconds),$(number slower),$(number faster),$(number undecided),$(number same),$(number largest),$(number ruled_out)
    else
        values=${seconds:-},,,,,,
    fi
    [ -e "$csv" ] || echo "$header" >"$csv"
    printf '%s,%s,%s,%s,%s,%s,%s,%s,%s,"%s"\n' "$1" "$2" "$3" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$4" "$5" "$values" \
        "$version" "$cpu" "$(printf %s "$6" | sed "s|$work/||g; s|$build/||g; s|$PWD/||g" | tr '",\n' "'; ")" >>"$csv"
    echo "$1 $2: exit $5${6:+, $6}"
}

# compare OPTION...: leaves $status and the last line in $line
compare() {
    rm -f "$work"/result.*
    status=0
    "$regress" --base="$worker" --head="$worker" --data-file="$work/data" --output="$work/result" "$@" \
        >"$work/out" 2>"$work/err" || status=$?
    line=$(cat "$work/err")
    [ -n "$line" ] || line=$(grep -m 1 '^regress: ' "$work/out" || :)
}

# measure EXPERIMENT RUN SEED
measure() {
    experiment=$1 run=$2 seed=$3 load=$(cut -d ' ' -f 1 /proc/loadavg 2>/dev/null || echo '')
    set -- --seed="$seed"
    case $experiment in
    *normal) ;;
    query-*) set -- "$@" --benchmarks='search/*/batch:1/*' ;;
    *) set -- "$@" --benchmarks="$three" ;;
    esac
    case $experiment in
    *slow-* | query-*) set -- "$@" --extra-work="${experiment##*-}" ;;
    head-load) set -- "$@" --load=head ;;
    esac
    case $experiment in
    loaded*) set -- "$@" --load=random ;;
    esac
    compare "$@"
    record "$experiment" "$run" "$seed" "$load" "$status" "$line"
}

# bisect RUN SEED
bisect() {
    rm -rf "$work/history" "$work"/result.*
    load=$(cut -d ' ' -f 1 /proc/loadavg 2>/dev/null || echo '')
    said=$(sh "$(dirname "$0")/histories.sh" "$build" "$kernel" "$2" "$work")
    status=${said%% *} said=${said#* }
    seconds=${said%% *}
    record bisect "$1" "$2" "$load" "$status" "${said#* }"
    seconds=''
}

# The default L1 kernel of this CPU: the last in the list, which has the registry's order and only kernels that run.
default_kernel() {
    compare --benchmarks='kernel/l1_*' --list
    [ "$status" = 0 ] || fail "cannot list the kernels: $line"
    kernel=$(sed -n 's|^kernel/\([^/]*\)/.*|\1|p' "$work/out" | tail -n 1)
    [ -n "$kernel" ] || fail "the list of benchmarks has no L1 kernel"
}

# -- failures: each must exit 2 with one line, and leave no result file ------------------------------------------------

refused() { # refused NAME: records what became of it
    lines=$(grep -c . "$work/err" || :)
    left=$(find "$work" -name 'result.*' -type f | wc -l)
    [ "$lines" = 1 ] && [ "$left" = 0 ] || line="$lines lines, $left files left: $line"
    rm -f "$work"/result.*
    record "$1" 1 '' '' "$status" "$line"
}

interrupt() {
    rm -f "$work"/result.*
    "$regress" --base="$worker" --head="$worker" --data-file="$work/data" --output="$work/result" --benchmarks="$three" \
        >"$work/out" 2>"$work/err" &
    id=$!
    sleep 8
    kill -TERM "$id"
    status=0
    wait "$id" || status=$?
    line=$(cat "$work/err")
}

# A clone whose last but one commit does not compile.
base_that_does_not_build() {
    git clone --quiet . "$work/clone"
    (
        cd "$work/clone"
        git config user.name selftest
        git config user.email selftest@localhost
        echo '#error this commit does not build' >>bench/regress/worker.c
        git commit --quiet --all --message=broken
        git revert --no-edit HEAD >/dev/null
    )
    status=0
    (cd "$work/clone" && BASE=HEAD~1 sh bench/regress/regress.sh build) >"$work/out" 2>"$work/err" ||
        status=$?
    line=$(cat "$work/err")
}

failures() {
    compare --wrong-distance="$kernel"
    refused wrong-distance
    compare --without="kernel/$kernel/dim:3072"
    refused missing-benchmark
    interrupt
    refused interrupt
    ln -s /dev/full "$work/full.json"
    compare --benchmarks="kernel/$kernel/*" --budget=2 --epoch=1 --output="$work/full"
    find "$work" -name 'full.*' -type f -exec mv {} "$work/result.left" \;
    refused full-disk
    compare --head="$work/data"
    refused no-program
    if git rev-parse --verify --quiet HEAD:bench/regress/worker.c >/dev/null; then
        base_that_does_not_build
        refused broken-base
    fi
    record failures 1 '' '' '' ''
}

# -- all -------------------------------------------------------------------------------------------------------------

done_runs() {
    [ -e "$csv" ] || { echo 0 && return; }
    awk -F, -v name="$1" -v version="$version" -v cpu="$cpu" \
        '$1 == name && $14 == version && $15 == cpu { n++ } END { print n + 0 }' "$csv"
}

# up_to PERCENT: runs each experiment until this share of its runs is there
up_to() {
    for experiment in $experiments; do
        name=${experiment%:*} wanted=$(((${runs:-${experiment#*:}} * $1 + 99) / 100))
        [ -z "$only" ] || case $only in *,"$name",*) ;; *) continue ;; esac
        have=$(done_runs "$name")
        if [ -n "$list" ]; then
            echo "$name: $have of $wanted runs"
        elif [ "$name" = failures ]; then
            [ "$have" != 0 ] || failures
        else
            while [ "$have" -lt "$wanted" ]; do
                have=$((have + 1))
seed=$((have + 1000 * $(printf %s "$name" | cksum | cut -c 1-3)))
                if [ "$name" = bisect ]; then bisect "$have" "$seed"; else measure "$name" "$have" "$seed"; fi
            done
        fi
    done
}

if [ -n "$list" ]; then
    up_to 100
    exit
fi
mkdir -p results
default_kernel
three="search/*/batch:512/*,kernel/$kernel/*"
# The experiments take turns, so that an hour in which the machine is busy meets all of them.
for percent in 10 20 30 40 50 60 70 80 90 100; do
    up_to "$percent"
done
sh "$(dirname "$0")/validation.sh"
