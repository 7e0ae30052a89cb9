# The rate by each scheduler policy over that by the default one.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
texts = 2
load plots.'/rows.gp'
# A single outlier shall not press the others together.
xstart = clip(LOW_min, 0.7 * MEDIAN_min, 0.95) / 1.03
xend = clip(HIGH_max, 0.97, 1.4 * MEDIAN_max) * 1.03
if (xend < 1.05) xend = 1.05
set logscale x 2
set xrange [xstart:xend]
set format x '%g'
if (xend / xstart > 3) {
    set xtics (0.03125, 0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32)
} else {
    step = tick_step(xend - xstart, narrow ? 4.0 : 8.0) # gnuplot's own steps are factors on a logarithmic axis
    set xtics (1)
    set for [i = ceil(xstart / step):floor(xend / step)] xtics add (i * step)
}
set xlabel 'rate over the default policy' textcolor rgb muted offset 0,0.4
set arrow from 1, graph 0 to 1, graph 1 nohead lw 1.5 lc rgb muted back
plot data using (kind(1, $6)):2:($7 - $6):(0) with vectors nohead lw 2 lc rgb quiet, \
     '' using (kind(1, $5)):2 with points pt 7 ps (narrow ? 0.7 : 0.9) lc rgb l1, \
     @headings, @columns, @second_columns, @names, @firsts, @seconds
