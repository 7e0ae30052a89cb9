# Pictures of lines in one or two panels, side by side, or one below the other on a phone. The caller names the panels
# (`title_1`, `title_2`), the axes (`linear_1`, `linear_2` where not logarithmic; `unit_1`, `unit_2`; `xtitle`, and
# `xtitle_2` where the second panel's is another) and whether a panel's ranges are shaded (`band_1`, `band_2`).
# The data's first block are labels: panel "label" shade x y; the others are lines: panel shade x median lowest highest.
stats data index 0 using 1 nooutput name 'PANEL'
panels = int(PANEL_max - PANEL_min) + 1
stats data using 1 nooutput name 'ALL'
lines = ALL_blocks - 1
array linear[2] = [linear_1, linear_2]
array band[2] = [band_1, band_2]
array panel_title[2] = [title_1, title_2]
array unit[2] = [unit_1, unit_2]
array along[2] = [xtitle, exists("xtitle_2") ? xtitle_2 : xtitle]

high = narrow ? 300 : 360
across = narrow ? 1 : panels
eval open(high * (narrow ? panels : 1))

# Ticks where the measurements are.
crowded(x) = last > 0 && log(x / last) * (narrow ? 170 : 190) < log(X_max / X_min) * 6 * strlen(sprintf('%g', x))
label(x) = crowded(x) ? '' : sprintf('%g', last = x)
has(x) = strstrt(' '.ticks, sprintf(' %g,', x)) > 0
tick(x) = has(x) ? 0 : strlen(ticks = ticks.sprintf('"%s" %g,', label(x), x))

# The labels in each power of ten of a logarithmic axis: the fewer powers, the more labels.
digits(ratio) = ratio >= 50 ? '1' : ratio >= 4 ? '1 2 5' : '1 2 3 4 5 6 7 8 9'

on(p, value) = column(1) == p ? value : NaN
set multiplot
do for [p = int(PANEL_min):int(PANEL_max)] {
    place = p - int(PANEL_min)
    x0 = narrow ? 0 : place * 1.0 / panels
    y0 = narrow ? 1 - (place + 1.0) / panels : 0
    wide = 1.0 / across
    tall = narrow ? 1.0 / panels : 1
    set lmargin at screen x0 + 52.0 / width
    set rmargin at screen x0 + wide - (narrow ? 130.0 : 150.0) / width
    set tmargin at screen y0 + tall * (1 - 34.0 / high)
    set bmargin at screen y0 + tall * 50.0 / high
    set label 1 panel_title[p] at screen x0 + 4.0 / width, y0 + tall * (1 - 12.0 / high) font bold textcolor rgb ink
    set autoscale xy
    unset logscale
    stats data index 1:lines using (on(p, $3)) nooutput name 'X'
    ticks = ''
    last = 0
    stats data index 1:lines using ($1 == p ? tick($3) : 0) nooutput name 'T'
    eval 'set xtics ('.ticks[1:strlen(ticks) - 1].')'
    set logscale x
    set xrange [X_min / 1.12 : X_max * 1.12]
    set xlabel along[p] textcolor rgb muted offset 0,0.4
    stats data index 1:lines using (on(p, $5)) nooutput name 'LOW'
    stats data index 1:lines using (on(p, $6)) nooutput name 'HIGH'
    if (linear[p]) {
        unset logscale y
        set yrange [0:HIGH_max * 1.05]
        set ytics autofreq
        set format y unit[p]
    } else {
        set logscale y
        set yrange [LOW_min / 1.15:HIGH_max * 1.15]
        labels = ''
        do for [d = int(floor(log10(LOW_min))):int(ceil(log10(HIGH_max)))] {
            do for [digit in digits(HIGH_max / LOW_min)] {
                value = digit * 10. ** d
                labels = labels.sprintf('%s"%s" %g', strlen(labels) ? ', ' : '', gprintf(unit[p], value), value)
            }
        }
        eval 'set ytics ('.labels.')'
    }
    plot for [s = 0:2] for [i = 1:lines] data index i using (band[p] && $2 == s ? on(p, $3) : NaN):5:6 \
             with filledcurves fillstyle transparent solid 0.18 lc rgb colour(s), \
         for [i = 1:lines] data index i using (!band[p] && $2 != 3 ? on(p, $3) : NaN):5:(0):($6 - $5):(colour($2)) \
             with vectors nohead lw 1 lc rgb variable, \
         for [i = 1:lines] data index i using ($2 == 3 ? on(p, $3) : NaN):4 with lines lw 1.5 dt 2 lc rgb quiet, \
         for [i = 1:lines] data index i using ($2 != 3 ? on(p, $3) : NaN):4:(colour($2)) \
             with lines lw 2 lc rgb variable, \
         for [i = 1:lines] data index i using ($2 == 2 ? NaN : $2 != 3 ? on(p, $3) : NaN):4:(colour($2)) \
             with points pt 7 ps 0.6 lc rgb variable, \
         for [i = 1:lines] data index i using ($2 == 2 ? on(p, $3) : NaN):4:(colour($2)) \
             with points pt 5 ps 0.6 lc rgb variable, \
         data index 0 using (on(p, $4)):5:2:(text_colour($3)) with labels left offset 1,0 textcolor rgb variable
}
unset multiplot
