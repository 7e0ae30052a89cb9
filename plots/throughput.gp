# Distances per second of each kernel, with their spread and ceiling.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
texts = 2
load plots.'/rows.gp'
xstart = 0
xend = 1.02 * (ceiling > HIGH_max ? ceiling : HIGH_max)
set xrange [xstart:xend]
set format x '%.0s %c'
set xlabel 'distances per second' textcolor rgb muted offset 0,0.4
set xtics tick_step(xend, narrow ? 3.0 : 7.0)
plot data using (kind(1, 0)):2:(0):5:($2 - 0.3):($2 + 0.3):(colour($4)) with boxxyerror lc rgb variable, \
     '' using (kind(1, $6)):2:($7 - $6):(0) with vectors nohead lw 5 lc rgb page, \
     '' using (kind(1, $6)):2:($7 - $6):(0) with vectors nohead lw 2 lc rgb ink, \
     '' using (kind(1, $8)):($2 - 0.42):(0):(0.84) with vectors nohead lw 2 lc rgb ink, \
     '' using (kind(0, $8)):2:(narrow ? 'ceiling' : 'ceiling of this CPU') with labels right textcolor rgb muted, \
     @headings, @columns, @second_columns, @names, @firsts, @seconds
