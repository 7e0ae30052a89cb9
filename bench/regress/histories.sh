#!/bin/sh
# histories.sh BUILD KERNEL SEED FOLDER: does `make bisect` find the right commit? Makes a history of sixteen commits in
# a clone below FOLDER: a random one does a tenth more work in KERNEL's benchmark; the others change documents or code
# that does not matter, or do not build. Prints bisect.sh's exit status, its seconds, and "right", "wrong" or "open".
set -eu
build=$(cd "$1" && pwd) kernel=$2 seed=$3
git clone --quiet . "$4/history"
cd "$4/history"
git config user.name selftest
git config user.email selftest@localhost

# A line "NUMBER KIND" for each commit. The one before the slow one must build: otherwise both would be suspects.
plan() {
    awk -v seed="$seed" 'BEGIN {
        srand(seed)
        slow = 1 + int(16 * rand())
        for (i = 1; i <= 16; i++) {
            odd = rand()
            print i, i == slow ? "slow" : odd < 0.2 && i != slow - 1 && i < 16 ? "broken" : odd < 0.6 ? "harmless" : "words"
        }
    }'
}

make_commit() { # make_commit NUMBER KIND
    sed -i '/^#error/d' bench/regress/worker.c
    echo "$1" >>README.md
    case $2 in
    slow) sed -i 's/CALLS = 200/CALLS = 220/' bench/regress/worker_list.c ;;
    broken) echo '#error this commit does not build' >>bench/regress/worker.c ;;
    harmless) printf 'unsigned knn_harmless_%s(unsigned x);\nunsigned knn_harmless_%s(unsigned x) {\n    return x + %s;\n}\n' "$1" "$1" "$1" >>src/search/merge.c ;;
    esac
    git commit --quiet --all --message="$1 $2"
    [ "$2" != slow ] || right=$(git rev-parse --short HEAD)
}

right=''
grep -q 'CALLS = 200' bench/regress/worker_list.c
plan >plan
good=$(git rev-parse HEAD)
while read -r number kind; do
    make_commit "$number" "$kind"
done <plan
mkdir -p build
cp "$build/knnmark-regress" build/
start=$(date +%s) status=0
GOOD=$good BAD=HEAD BENCHMARK="kernel/$kernel/*" sh bench/regress/bisect.sh build >said 2>&1 || status=$?
found=$(sed -n 's/^bisect: the first slower commit is \([^ ]*\).*/\1/p' said)
if [ "$status" = 0 ]; then
    [ "$found" = "$right" ] && word=right || word="wrong ($found, not $right)"
else
    word="open: $(tail -n 1 said)"
fi
echo "$status $(($(date +%s) - start)) $word"
