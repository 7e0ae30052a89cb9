# Pictures of rows. The caller sets `texts`, the number of columns of text at the right (a phone shows one), loads this,
# and plots into the rows. Columns of the data: kind y "label" shade value lowest highest ceiling "text" "second text";
# kind is 0 for a heading, 1 for a row, 2 for a point.
clip(x, lowest, highest) = x < lowest ? lowest : x > highest ? highest : x

stats data using 2 nooutput name 'Y' # before ranges are set: what is out of range is not counted
stats data using (column(1) == 1 ? column(5) : NaN) nooutput name 'MEDIAN'
stats data using (column(1) == 1 ? column(6) : NaN) nooutput name 'LOW'
stats data using (column(1) == 1 ? column(7) : NaN) nooutput name 'HIGH'
ceiling = 0
stats data using (ceiling = (column(8) > ceiling ? column(8) : ceiling)) nooutput name 'CEILING'
stats data using (column(1) == 1 ? strlen(strcol(3)) : NaN) nooutput name 'NAME'
rows = int(Y_max) + 1
height = rows * (narrow ? 21 : 25) + (narrow ? 46 : 54)
left = (narrow ? 6.1 : 7.1) * clip(NAME_max, 15, 26) + 14
right = narrow ? 52.0 : 66.0 * texts
eval open(height)
set lmargin at screen left / width
set rmargin at screen 1 - right / width
set tmargin at screen 1 - 4.0 / height
set bmargin at screen (narrow ? 42.0 : 48.0) / height
set yrange [rows - 0.4:-0.6]
unset ytics
set grid noytics

kind(k, value) = column(1) == k ? value : NaN
at_1 = (narrow ? 48.0 : 60.0) / width # where the texts end, right of the picture
at_2 = 122.0 / width
headings = "data using (kind(0, xstart)):2:3 with labels right offset -0.8,0 font bold textcolor rgb ink"
columns = "data using (kind(0, xend)):2:9 with labels right offset screen at_1,0 textcolor rgb muted"
second_columns = "data using (narrow ? NaN : kind(0, xend)):2:10 with labels right offset screen at_2,0 textcolor rgb muted"
names = "data using (kind(1, xstart)):2:3 with labels right offset -0.8,0 textcolor rgb ink"
firsts = "data using (kind(1, xend)):2:9 with labels right offset screen at_1,0 textcolor rgb ink"
seconds = "data using (narrow ? NaN : kind(1, xend)):2:10 with labels right offset screen at_2,0 textcolor rgb ink"
