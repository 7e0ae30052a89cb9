#!/bin/sh
# validation.sh [FILE.csv]: makes results/regress-validation.md, plots/regress-detection.dat and, with gnuplot,
# plots/regress-detection.svg from the raw data of selftest.sh. Only runs with the last run's version and CPU count.
set -eu
export LC_ALL=C
csv=${1:-results/regress-selftest.csv}
report=results/regress-validation.md
data=plots/regress-detection.dat

fail() {
    echo "regress-validation: $*" >&2
    exit 2
}

[ -r "$csv" ] || fail "cannot read $csv; \`make regress-selftest\` writes it"
[ "$(wc -l <"$csv")" -gt 1 ] || fail "$csv has no runs yet; \`make regress-selftest\` adds them"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -F, -v csv="$csv" -v data="$work/data" '
    # Bounds of a share at 95 % confidence, after Wilson.
    function bound(k, n, sign,    z, p, b) {
        z = 1.96; p = k / n
        b = (p + z * z / (2 * n) + sign * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
        return b < 0.00005 ? 0 : b > 0.99995 ? 1 : b
    }
    function share(k, n) { return n ? sprintf("%.0f %%", 100 * k / n) : "–" }
    function median(list,    n, i, j, t, a) {
        n = split(list, a, " ") # may be fewer than the runs: one that exits with 2 has no values
        for (i = 2; i <= n; i++)
            for (j = i; j > 1 && a[j] + 0 < a[j - 1] + 0; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
        return (a[int((n + 1) / 2)] + a[int((n + 2) / 2)]) / 2
    }
    function percent(list) { return list != "" ? sprintf("%.1f %%", 100 * (median(list) - 1)) : "–" }
    function row(name, label) {
        if (runs[name])
            printf "| %s | %d | %d | %d | %d | %d | %s | %s | %s |\n", label, runs[name],
                exits[name, 0], exits[name, 1], exits[name, 2], exits[name, 3], faster[name] + 0,
                percent(least[name]), times[name] != "" ? sprintf("%.0f", median(times[name])) : "–"
    }
    function alarms(name, label,    n, k) {
        n = runs[name]; k = exits[name, 1] + 0
        if (n && k == 0)
            printf "- %s: no exit 1 in %d runs, so the rate is below %.1f %% (95 %% confidence).\n", label, n, 100 * (1 - 0.05 ^ (1 / n))
        else if (n)
            printf "- %s: %d of %d runs ended with exit 1.\n", label, k, n
    }
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    FNR == 1 { next }
    NR == FNR { version = $at["version"]; cpu = $at["cpu"]; next } # the file is read twice: at first for its last line
    $at["version"] != version || $at["cpu"] != cpu { others++; next }
    $1 == "failures" { next }
    $1 == "bisect" { word = $at["note"]; sub(/^"/, "", word); sub(/[" :].*/, "", word); bisected[word]++; bisects++; histories = histories " " $at["seconds"]; next }
    {
        runs[$1]++; exits[$1, $at["exit"]]++; faster[$1] += $at["faster"]
        if ($at["seconds"] != "") {
            times[$1] = times[$1] " " $at["seconds"]; least[$1] = least[$1] " " $at["ruled_out"]
            if ($at["seconds"] + 0 > longest[$1]) longest[$1] = $at["seconds"] + 0
            benchmarks[$1] = $at["slower"] + $at["faster"] + $at["undecided"] + $at["same"]
        }
        if ($at["load"] != "") { if (first == "") first = $at["date"]; last = $at["date"] }
        note[$1] = $at["note"]; status[$1] = $at["exit"]
    }
    END {
        printf "# Does `make regress` decide rightly?\n\nMade by `bench/regress/validation.sh` from `%s`, the raw data of `make regress-selftest`", csv
        printf " (its script says what every experiment is): runs of version `%s` of `bench/regress` on %s%s.", version, cpu, first != "" ? sprintf(", %s to %s", substr(first, 1, 10), substr(last, 1, 10)) : ""
        if (others) printf " Runs of other versions or CPUs in the file are left out: %d.", others
        printf " A run has three benchmarks, unless it says otherwise: the searches in batches of 512 and the default L1 tile. The rules are the default ones.\n"
        printf "\n| experiment | runs | exit 0 | exit 1 | exit 2 | exit 3 | benchmarks called faster | ruled out | seconds |\n|:--|--:|--:|--:|--:|--:|--:|--:|--:|\n"
        row("idle", "base against itself")
        row("loaded", "base against itself, competing load")
        n = split("2 3 5 10 20", x, " ")
        for (i = 1; i <= n; i++) row("slow-" x[i], "head scans " x[i] " % more rows")
        row("loaded-slow-10", "head scans 10 % more rows, competing load")
        row("query-10", "head scans 10 % more rows for one query at a time")
        row("head-load", "load during head\047s epochs only")
        row("normal", "a usual run: all benchmarks")
        row("loaded-normal", "a usual run, competing load")
        printf "\nRuled out is the slowdown that a run excludes in all of its benchmarks; it and the seconds are medians of the runs. "
        if (longest["normal"])
            printf "A usual run has %d benchmarks; of %d, the longest took %.1f s.", benchmarks["normal"], runs["normal"], longest["normal"]
        printf "\n\n## False alarms\n\n"
        alarms("idle", "Idle"); alarms("loaded", "With a competing load"); alarms("head-load", "With load during head\047s epochs only")
        runs["all"] = runs["idle"] + runs["loaded"]; exits["all", 1] = exits["idle", 1] + exits["loaded", 1]
        alarms("all", "Idle and loaded together")
        printf "\n## Detection\n\n![The share of runs that found a slowdown, by its size](../plots/regress-detection.svg)\n\n"
        printf "| head scans more rows by | runs | exit 1 | 95 %% interval | undecided or disturbed | called faster |\n|--:|--:|--:|--:|--:|--:|\n"
        for (i = 0; i <= n; i++) {
            name = i ? "slow-" x[i] : "idle"; k = exits[name, 1] + 0; r = runs[name]
            if (!r) continue
            low = bound(k, r, -1); high = bound(k, r, 1)
            printf "| %d %% | %d | %s | %.0f to %.0f %% | %s | %d |\n", i ? x[i] : 0, r, share(k, r), 100 * low, 100 * high, share(exits[name, 3], r), faster[name]
            printf "%d %.4f %.4f %.4f %.4f\n", i ? x[i] : 0, k / r, low, high, exits[name, 3] / r >data
        }
        if (bisects)
            printf "\n## Bisect\n\nOf %d made histories of sixteen commits, in which a random one does a tenth more work, the right commit was found in %d, a wrong one in %d; %d ended undecided. The median took %.0f s, builds included.\n", bisects, bisected["right"], bisected["wrong"], bisected["open"], median(histories)
        printf "\n## Failures\n\n| what | exit | what it said |\n|:--|--:|:--|\n"
        n = split("wrong-distance missing-benchmark interrupt full-disk no-program broken-base", x, " ")
        for (i = 1; i <= n; i++)
            if (runs[x[i]]) { gsub(/"/, "", note[x[i]]); gsub(/\|/, "\\|", note[x[i]]); printf "| %s | %s | `%s` |\n", x[i], status[x[i]], note[x[i]] }
    }' "$csv" "$csv" >"$work/report"
cp "$work/report" "$report"
echo "$report"
[ -s "$work/data" ] || exit 0
cp "$work/data" "$data"
if command -v gnuplot >/dev/null; then
    LC_ALL=C.UTF-8 gnuplot -e "data='$data'; out='${data%.dat}.svg'" plots/regress-detection.gp
    echo "${data%.dat}.svg"
fi
