# Rate and latency of batches of different sizes.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
title_1 = 'Distances per second'
title_2 = 'Milliseconds per batch'
linear_1 = 0; linear_2 = 0
band_1 = 0; band_2 = 1
unit_1 = '%.0s %c'; unit_2 = '%g'
xtitle = 'queries in a batch'
load plots.'/lines.gp'
