# Work on a byte of the train rows against the rate of that work, below the measured roofs.
# The data's blocks: roofs (metric "label" "short label" from rate label-at; metric 0 is reading), batches (metric
# "label" intensity rate), full jobs (metric shade intensity rate lowest highest "label"), the range of rates (lowest
# highest).
if (!exists("plots")) plots = 'plots'
load plots.'/style.gp'
high = narrow ? 300 : 340
stats data index 0 using ($1 > 0 ? $1 : NaN) nooutput name 'METRIC'
reading = 0
stats data index 0 using (reading = ($1 == 0 ? $5 : reading)) nooutput name 'READ'
block = 0
stats data index 2 using (block = ($1 > 0 ? $3 : block)) nooutput name 'JOB'
if (block == 0) block = 256
stats data index 3 using 1:2 nooutput name 'RANGE'
first = int(METRIC_min)
panels = int(METRIC_max) - first + 1
array roof[2]
do for [p = first:first + panels - 1] {
    stats data index 0 using ($1 == p ? $5 : NaN) nooutput name 'ROOF'
    roof[p] = ROOF_max
}
eval open(high * panels)

xmin = 0.7
xmax = block * 1.5
ymin = RANGE_min_x / 1.6
ymax = RANGE_max_y * 1.8
left = 52.0
right = narrow ? 126.0 : 205.0
bottom = 50.0
top = 42.0
set logscale xy
set xrange [xmin:xmax]
set yrange [ymin:ymax]
set xtics (1, 4, 16, 64, 256, 1024, 4096)
set format y '%.0s %c'
set xlabel 'byte pairs done with a byte read' textcolor rgb muted offset 0,0.4
set lmargin at screen left / width
set rmargin at screen 1 - right / width
# The slope's angle on the picture, for the text beside it.
slope = atan2((high - top - bottom) / log(ymax / ymin), (width - left - right) / log(xmax / xmin)) * 180 / pi
lift = (ymax / ymin) ** (13.0 / cos(slope * pi / 180) / (high - top - bottom)) # of that text over the slope

middle(p, rate) = sqrt(xmin * roof[p] / rate) # of the slope
on(p, value) = column(1) == p ? value : NaN
set multiplot
do for [p = first:first + panels - 1] {
    y0 = 1 - (p - first + 1.0) / panels
    set tmargin at screen y0 + (1 - top / high) / panels
    set bmargin at screen y0 + bottom / high / panels
    set label 1 sprintf('L%d: byte pairs per second', p) at screen 4.0 / width, y0 + (1 - 20.0 / high) / panels \
        font bold textcolor rgb ink
    plot data index 0 using (reading > 0 ? on(0, xmin) : NaN):($5 * xmin):(roof[p] / $5 - xmin):(roof[p] - $5 * xmin) \
             with vectors nohead lw 2 lc rgb ink, \
         '' index 0 using (on(p, $4 > xmin ? $4 : xmin)):5:(xmax - ($4 > xmin ? $4 : xmin)):(0) \
             with vectors nohead lw 1 lc rgb quiet, \
         '' index 0 using ($5 == roof[p] ? on(p, $4 > xmin ? $4 : xmin) : NaN):5:(xmax - ($4 > xmin ? $4 : xmin)):(0) \
             with vectors nohead lw 2 lc rgb ink, \
         '' index 0 using (on(p, xmax)):6:(narrow ? strcol(3) : strcol(2)) \
             with labels left offset 0.6,0 textcolor rgb muted, \
         '' index 0 using (on(0, middle(p, $5))):($5 * middle(p, $5) * lift):2 \
             with labels center rotate by slope textcolor rgb muted, \
         '' index 1 using (on(p, $3)):4 with lines lw 2 lc rgb (p == 1 ? l1 : l2), \
         '' index 1 using (on(p, $3)):4 with points pt (p == 1 ? 7 : 5) ps 0.6 lc rgb (p == 1 ? l1 : l2), \
         '' index 1 using (on(p, $3 < xmax / 4 ? $3 : NaN)):4:2 \
             with labels left offset 0.3,-0.9 textcolor rgb (p == 1 ? l1 : l2), \
         '' index 1 using (on(p, $3 < xmax / 4 ? NaN : $3)):4:2 \
             with labels right offset -0.5,-0.9 textcolor rgb (p == 1 ? l1 : l2), \
         '' index 2 using (on(p, $3)):4:(colour($2)) with points pt 6 ps 0.8 lw 1.5 lc rgb variable, \
         '' index 2 using (on(p, $3)):4:7 with labels right offset -1,0 textcolor rgb muted
}
unset multiplot
