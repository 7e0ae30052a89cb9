# The seconds that a job is predicted to take on more and more machines, by two networks. By bench/mpi.sh.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
title_1 = 'Predicted seconds at 10 Gbit/s'
title_2 = 'Predicted seconds at 100 Gbit/s'
linear_1 = 0; linear_2 = 0
band_1 = 0; band_2 = 0
unit_1 = '%g'; unit_2 = '%g'
xtitle = 'machines'
load plots.'/lines.gp'
