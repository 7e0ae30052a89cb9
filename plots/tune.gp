# Accuracy on the images held out by k, a line a metric, with 95 % intervals; the choice is ringed. By `knnmark tune
# --plot`. The data's first block is the choice, the others are a metric each, in lines of: k, accuracy, lowest, highest
# (per cent), which metric (from 1), its name.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
eval open(narrow ? 300 : 400)
set object 1 rectangle from screen 0,0 to screen 1,1 behind fillcolor rgb page fillstyle solid noborder # it may be shown on a dark page

set logscale x
set xlabel 'k, the neighbours that vote' textcolor rgb muted
set label 1 'Accuracy on the images held out, with 95 % intervals' at screen 0.01, screen 0.95 font bold textcolor rgb ink
set format y '%.0f %%'
set tmargin 3
set rmargin 8

stats data using 1:2 nooutput
metrics = STATS_blocks - 1
set xrange [STATS_min_x / 1.15 : STATS_max_x * 1.25]
shade(name) = name eq 'l1' ? 1 : name eq 'l2' ? 2 : 0

# Intervals at the same k stand side by side, so that they can be told apart.
at(k, metric) = k * 1.03 ** (metric - (metrics + 1) / 2.0)

# Ticks where the k are.
ticks = ''
tick(k) = strlen(ticks = ticks.sprintf('"%g" %g,', k, k))
stats data index 1 using (tick($1)) nooutput name 'T'
eval 'set xtics ('.ticks[1:strlen(ticks) - 1].')'

plot for [m = 1:metrics] data index m using (at($1, m)):2:(colour(shade(strcol(6)))) with lines lw 2 lc rgb variable, \
     for [m = 1:metrics] data index m using (at($1, m)):3:(0):($4 - $3):(colour(shade(strcol(6)))) \
         with vectors nohead lw 1 lc rgb variable, \
     for [m = 1:metrics] data index m using (at($1, m)):2:(colour(shade(strcol(6)))) \
         with points pt 7 ps 0.6 lc rgb variable, \
     data index 0 using (at($1, $5)):2 with points pt 6 ps 1.6 lw 2 lc rgb ink, \
     for [m = 1:metrics] data index m using ($1 == STATS_max_x ? at($1, m) : NaN):2:6:(text_colour(shade(strcol(6)))) \
         with labels left offset 1.2,0 textcolor rgb variable
