# The time of every repetition over the median of its kernel.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
texts = 1
load plots.'/rows.gp'
percent(ratio) = 100 * (ratio - 1)
pad = 0.05 * (percent(HIGH_max) - percent(LOW_min)) + 0.5
xstart = percent(LOW_min) - pad
xend = percent(HIGH_max) + pad
set xrange [xstart:xend]
set format x '%+g %%'
set xtics tick_step(xend - xstart, narrow ? 4.0 : 8.0)
set xlabel 'time of a repetition, from the median' textcolor rgb muted offset 0,0.4
set arrow from 0, graph 0 to 0, graph 1 nohead lw 1.5 lc rgb muted back
plot data using (kind(1, percent($6))):2:(percent($7) - percent($6)):(0) with vectors nohead lw 1 lc rgb quiet, \
     '' using (kind(2, percent($5))):2:(colour($4)) with points pt 6 ps (narrow ? 0.7 : 0.9) lw 1.5 lc rgb variable, \
     @headings, @columns, @second_columns, @names, @firsts, @seconds
