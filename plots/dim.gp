# The rate of each kernel on rows of different lengths.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
title_1 = 'L1: byte pairs per second'
title_2 = 'L2: byte pairs per second'
linear_1 = 0; linear_2 = 0
band_1 = 0; band_2 = 0
unit_1 = '%.0s %c'; unit_2 = '%.0s %c'
xtitle = 'bytes in a row'
load plots.'/lines.gp'
