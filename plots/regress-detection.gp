# The share of runs of `make regress` that found a slowdown, by the size of the slowdown, from the self-test's raw data.
# Columns: per cent of extra rows, share with exit 1, its interval, share undecided or disturbed.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
height = narrow ? 260 : 340
eval open(height)
stats data using 1 nooutput name 'X'
set xrange [-0.5:X_max + 1]
set yrange [0:1.04]
set xlabel 'extra work in head, per cent' textcolor rgb muted offset 0,0.4
set ytics ('0 %%' 0, '20 %%' 0.2, '40 %%' 0.4, '60 %%' 0.6, '80 %%' 0.8, '95 %%' 0.95)
set lmargin at screen 52.0 / width
set rmargin at screen 1 - 20.0 / width
set tmargin at screen 1 - 30.0 / height
set bmargin at screen 48.0 / height
set label 1 'Runs that found the slowdown, with 95 % intervals; grey: undecided or disturbed' \
    at screen 4.0 / width, 1 - 12.0 / height font bold textcolor rgb ink
plot data using 1:5 with linespoints lw 1.5 dt 2 pt 7 ps 0.5 lc rgb quiet, \
     '' using 1:3:(0):($4 - $3) with vectors nohead lw 2 lc rgb l1, \
     '' using 1:2 with linespoints lw 2 pt 7 ps 0.7 lc rgb l1
