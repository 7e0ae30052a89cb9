# Rate and efficiency on more and more threads.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
title_1 = 'Distances per second'
title_2 = 'Efficiency'
linear_1 = 0; linear_2 = 1
band_1 = 0; band_2 = 0
unit_1 = '%.0s %c'; unit_2 = '%g %%'
xtitle = 'threads'
load plots.'/lines.gp'
