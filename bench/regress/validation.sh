#!/bin/sh
# validation.sh [FILE.csv]: makes results/regress-validation.md, plots/regress-detection.dat and, with gnuplot,
# plots/regress-detection.svg from the raw data of selftest.sh.
set -eu
export LC_ALL=C
csv=${1:-results/regress-selftest.csv}
report=results/regress-validation.md
data=plots/regress-detection.dat
[ -r "$csv" ] || {
    echo "regress-validation: cannot read $csv; \`make regress-selftest\` writes it" >&2
    exit 2
}
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -F, -v cpu="${cpu:-this machine}" -v threads="$(getconf _NPROCESSORS_ONLN)" -v csv="$csv" -v data="$work/data" '
    # Bounds of a share at 95 % confidence, after Wilson.
    function bound(k, n, sign,    z, p, b) {
        z = 1.96; p = k / n
        b = (p + z * z / (2 * n) + sign * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
        return b < 0.00005 ? 0 : b > 0.99995 ? 1 : b
    }
    function share(k, n) { return n ? sprintf("%.0f %%", 100 * k / n) : "–" }
    function median(list, n,    i, j, t, a) {
        split(list, a, " ")
        for (i = 2; i <= n; i++)
            for (j = i; j > 1 && a[j] + 0 < a[j - 1] + 0; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
        return n ? (a[int((n + 1) / 2)] + a[int((n + 2) / 2)]) / 2 : 0
    }
    function row(name, label) {
        if (runs[name])
            printf "| %s | %d | %d | %d | %d | %d | %s | %.1f %% | %.1f %% | %.0f |\n", label, runs[name],
                exits[name, 0], exits[name, 1], exits[name, 2], exits[name, 3], faster[name] + 0,
                100 * (median(floors[name], runs[name]) - 1), 100 * (median(least[name], runs[name]) - 1),
                median(times[name], runs[name])
    }
    function alarms(name, label,    n, k) {
        n = runs[name]; k = exits[name, 1] + 0
        if (n && k == 0)
            printf "- %s: no exit 1 in %d runs, so the rate is below %.1f %% (95 %% confidence).\n", label, n, 100 * (1 - 0.05 ^ (1 / n))
        else if (n)
            printf "- %s: %d of %d runs ended with exit 1.\n", label, k, n
    }
    NR == 1 || $1 == "failures" { next }
    {
        runs[$1]++; exits[$1, $6]++; faster[$1] += $9
        if ($7 != "") { times[$1] = times[$1] " " $7; floors[$1] = floors[$1] " " $14; least[$1] = least[$1] " " $13 }
        if ($5 != "") { if (first == "") first = $4; last = $4 }
        note[$1] = $15; status[$1] = $6
    }
    END {
        printf "# Does `make regress` decide rightly?\n\nMade by `bench/regress/validation.sh` from `%s`, the raw data of `make regress-selftest`", csv
        printf " (its script says what every experiment is). %s, %d threads%s. Three benchmarks a run, the default rules.\n", cpu, threads, first != "" ? sprintf(", %s to %s", substr(first, 1, 10), substr(last, 1, 10)) : ""
        printf "\n| experiment | runs | exit 0 | exit 1 | exit 2 | exit 3 | benchmarks called faster | floor | detectable | seconds |\n|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
        row("idle", "base against itself")
        row("loaded", "base against itself, competing load")
        n = split("2 3 5 10 20", x, " ")
        for (i = 1; i <= n; i++) row("slow-" x[i], "head scans " x[i] " % more rows")
        row("head-load", "load during head\047s epochs only")
        row("normal", "a usual run: all benchmarks")
        printf "\nFloor, detectable slowdown and seconds are medians of the runs.\n\n## False alarms\n\n"
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
        printf "\n## Failures\n\n| what | exit | what it said |\n|:--|--:|:--|\n"
        n = split("wrong-distance missing-benchmark interrupt full-disk no-program broken-base", x, " ")
        for (i = 1; i <= n; i++)
            if (runs[x[i]]) { gsub(/"/, "", note[x[i]]); gsub(/\|/, "\\|", note[x[i]]); printf "| %s | %s | `%s` |\n", x[i], status[x[i]], note[x[i]] }
    }' "$csv" >"$work/report"
cp "$work/report" "$report"
echo "$report"
[ -s "$work/data" ] || exit 0
cp "$work/data" "$data"
if command -v gnuplot >/dev/null; then
    gnuplot -e "data='$data'; out='${data%.dat}.svg'" plots/regress-detection.gp
    echo "${data%.dat}.svg"
fi
