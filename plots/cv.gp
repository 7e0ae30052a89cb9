# Cross-validation: a point for every fold, the line through the means, bars of one standard deviation. By `knnmark cv
# --plot`. The data's blocks are a metric each, in lines of: k, a fold's accuracy, the mean and the standard deviation of
# all folds (per cent), the metric's name.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
eval open(narrow ? 300 : 420)
set object 1 rectangle from screen 0,0 to screen 1,1 behind fillcolor rgb page fillstyle solid noborder # it may be shown on a dark page

set logscale x
set xlabel 'k, the neighbours that vote' textcolor rgb muted
set label 1 'Accuracy of each fold, mean and standard deviation' at screen 0.01, screen 0.95 font bold textcolor rgb ink
set format y '%g %%'
set tmargin 3
set rmargin 8

stats data using 1:2 nooutput
metrics = STATS_blocks
set xrange [STATS_min_x / 1.15 : STATS_max_x * 1.25]
shade(name) = name eq 'l1' ? 1 : name eq 'l2' ? 2 : 0
soft(name) = 0xb0000000 + colour(shade(name))

# Metrics at the same k stand side by side, so that they can be told apart.
at(k, metric) = k * 1.05 ** (metric - (metrics + 1) / 2.0)

# Ticks where the k are, as far as their labels have room.
ticks = ''
last = 0
wide = log(STATS_max_x / STATS_min_x + 1e-9)
crowded(k) = last > 0 && log(k / last) * (narrow ? 28 : 70) < wide * (strlen(sprintf('%g', k)) + 1)
label(k) = crowded(k) ? '' : sprintf('%g', last = k)
has(k) = strstrt(' '.ticks, sprintf(' %g,', k)) > 0
tick(k) = has(k) ? 0 : strlen(ticks = ticks.sprintf('"%s" %g,', label(k), k))
stats data index 0 using (tick($1)) nooutput name 'T'
eval 'set xtics ('.ticks[1:strlen(ticks) - 1].')'

plot for [m = 1:metrics] data index m - 1 using (at($1, m)):2:(soft(strcol(5))) \
         with points pt 7 ps 0.5 lc rgb variable, \
     for [m = 1:metrics] data index m - 1 using (at($1, m)):3:(colour(shade(strcol(5)))) \
         with lines lw 2 lc rgb variable, \
     for [m = 1:metrics] data index m - 1 using (at($1, m)):($3 - $4):(0):(2 * $4):(colour(shade(strcol(5)))) \
         with vectors nohead lw 1.5 lc rgb variable, \
     for [m = 1:metrics] data index m - 1 using ($1 == STATS_max_x ? at($1, m) : NaN):3:5:(text_colour(shade(strcol(5)))) \
         with labels left offset 1.2,0 textcolor rgb variable
