#include "paired.h"

#include <math.h>
#include <stdio.h>

#include "random.h"

int paired_begins_with_b(uint64_t *random) {
    return (int)(knn_random(random) >> 63);
}

void paired_line(char *line, size_t size, const char *where, const char *a, const char *b, const double *logs, size_t n,
                 double alpha) {
    struct interval interval = sign_interval(logs, n, alpha);
    double low = exp(interval.low), high = exp(interval.high);
    int digits = high - low < 0.02 ? 3 : 2, differs = low > 1 || high < 1;
    double nearest = low > 1 ? low : high;
    while (differs && digits < 9 && fabs(nearest - 1) <= 0.5 * pow(10, -digits)) /* it must not be read as 1 */
        digits++;
    if (interval.rank == 0)
        snprintf(line, size, "%s: %s is %.2f × as fast as %s; too few pairs for an interval", where, a,
                 exp(interval.estimate), b);
    else
        snprintf(line, size, "%s: %s is %.*f × (%.*f to %.*f) as fast as %s%s", where, a, digits,
                 exp(interval.estimate), digits, low, digits, high, b, differs ? "" : ": no difference shows");
}
