# What the search by bounds saves, over k and over the size of batches.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
title_1 = '× exhaustive, by k'
title_2 = '× exhaustive, by batch'
linear_1 = 0; linear_2 = 0
band_1 = 0; band_2 = 0
unit_1 = '%g'; unit_2 = '%g'
xtitle = 'k, in the largest batch'
xtitle_2 = 'queries in a batch, k = 1'
load plots.'/lines.gp'
