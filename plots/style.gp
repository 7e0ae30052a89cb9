# What all pictures share. By hand, from the project's root:
#   gnuplot -e "data='picture.dat'; out='picture.svg'" plots/<picture>.gp      (narrow=1 draws for a phone)
# knnmark-report writes the data, and turns these colours into the page's, which bench/html/colours.css has.
if (!exists("narrow")) narrow = 0
width = narrow ? 360 : 800
points = narrow ? 11 : 13

ink = '#1c2024'
muted = '#56606a'
grid = '#dbe1e6'
quiet = '#8b959f'
l1 = '#0b62a8'
l2 = '#b2470b'
page = '#ffffff'

# By shade: 1 and 2 are the metrics, 3 is what would be ideal, 0 the rest.
colour(shade) = shade == 1 ? 0x0b62a8 : shade == 2 ? 0xb2470b : 0x8b959f
text_colour(shade) = shade == 1 ? 0x0b62a8 : shade == 2 ? 0xb2470b : 0x56606a

bold = sprintf('sans-serif Bold,%d', points)

# The command that opens a picture of this height.
open(height) = sprintf("set terminal svg size %d,%d dynamic noenhanced font 'sans-serif,%d'; set output '%s'", \
                       width, height, points, out)

# A round distance between ticks: at most `count` of them in `span`.
digit(x) = x <= 1 ? 1 : x <= 2 ? 2 : x <= 5 ? 5 : 10
tick_step(span, count) = 10 ** floor(log10(span / count)) * digit(span / count / 10 ** floor(log10(span / count)))

set encoding utf8
set datafile missing 'NaN'
unset key
unset border
set tics scale 0 nomirror
set xtics textcolor rgb muted
set ytics textcolor rgb muted
set grid lt 1 lw 1 lc rgb grid
set style fill solid 1 noborder
set style line 1 lw 2
