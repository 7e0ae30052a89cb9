# What training and predicting cost, against the number of training images: a panel each for the time to train, the time
# to predict an image and the memory. By plots/cost.sh. The data's columns: images, ms to train, ms to predict, MB.
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
height = 270
eval open(height)
array titles[3] = ['Time to train', 'Time to predict an image', 'Peak memory']
array units[3] = ['ms', 'ms', 'MB']
array tops[3]
do for [p = 1:3] {
    stats data using (column(p + 1)) nooutput
    tops[p] = STATS_max * 1.15
}
stats data using 1 nooutput name 'IMAGES'
set xrange [0:IMAGES_max * 1.04]
set xtics 0, tick_step(IMAGES_max, 3.0)
set format x '%.0s %c'
set xlabel 'training images' textcolor rgb muted offset 0,0.4
set bmargin at screen 52.0 / height
set tmargin at screen 1 - 46.0 / height
image_mb = 3072 / 1e6
# A light background: the picture may be shown on a dark page.
set object 1 rectangle from screen 0,0 to screen 1,1 behind fillcolor rgb page fillstyle solid noborder
set multiplot
do for [p = 1:3] {
    left = (p - 1) / 3.0
    set lmargin at screen left + 56.0 / width
    set rmargin at screen left + 1 / 3.0 - 14.0 / width
    set yrange [0:tops[p]]
    set ytics 0, tick_step(tops[p], 4.0)
    set format y '%g'
    set label 1 titles[p].', '.units[p] at screen left + 4.0 / width, 1 - 18.0 / height font bold textcolor rgb ink
    if (p == 2) {
        unset object 1
    }
    if (p == 3) {
        set label 2 'the images alone' at IMAGES_max, IMAGES_max * image_mb * 0.3 right textcolor rgb muted
        plot [0:IMAGES_max] image_mb * x with lines lw 1.5 dt 2 lc rgb quiet, \
             data using 1:4 with linespoints lw 2 pt 7 ps 0.6 lc rgb l2
    } else {
        plot data using 1:(column(p + 1)) with linespoints lw 2 pt 7 ps 0.6 lc rgb l2
    }
}
unset multiplot
