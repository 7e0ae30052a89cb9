#!/bin/sh
# figures.sh [FOLDER]: draws every figure of docs/lesson.md, each by one command, into plots/ or FOLDER, from the data set
# in force (KNNMARK_DATA, else data/, else generated images).
set -eu
knnmark=${KNNMARK:-build/knnmark}
to=${1:-plots}

draw() { # draw FILE FIGURE [OPTION...]
    file=$1
    shift
    echo "== $to/$file"
    "$knnmark" draw "$@" --output "$to/$file"
}

draw lesson-first-nine.png first-nine
draw lesson-neighbors-l1.png neighbors --metric l1 --limit 3
draw lesson-neighbors-l2.png neighbors --metric l2 --limit 3
draw lesson-regions.png regions
draw lesson-same-distance.png same-distance
echo "== $to/lesson-k.svg"
"$knnmark" tune --plot "$to/lesson-k.svg"
echo "== $to/lesson-cv.svg"
"$knnmark" cv --plot "$to/lesson-cv.svg"
echo "== $to/lesson-cost.svg"
sh plots/cost.sh "$to/lesson-cost.svg"
