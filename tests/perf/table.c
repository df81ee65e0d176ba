/*
 * See table.h.
 */
#include "table.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned int met, excused, missed, missed_badly, gaps;

void table_head(void)
{
    printf("%-36s %15s %15s %12s  %-13s %s\n", "what", "stock", "shim", "ratio", "target",
           "verdict");
}

void table_group(const char *format, ...)
{
    va_list arguments;

    printf("\n");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
}

static const char *judge(double figure, double error, struct target target)
{
    double share;

    if (target.limit == 0)
        return "";
    share = target.at_most ? (figure - error) / target.limit : target.limit / (figure + error);
    if (target.excuse && target.lowered == (share <= 1)) {
        excused++;
        return target.excuse;
    }
    if (share <= 1) {
        met++;
        return "met";
    }
    /* A quarter of the target: 0.75 of what should be reached, 1.25 of what may be spent. */
    if (share <= (target.at_most ? 1.25 : 1 / 0.75)) {
        missed++;
        return "missed";
    }
    missed_badly++;
    return "MISSED";
}

void table_row(const char *what, const char *stock, const char *shim, const char *ratio,
               double figure, double error, struct target target)
{
    printf("  %-34s %15s %15s %12s  %-13s %s\n", what, stock, shim, ratio, target.text,
           judge(figure, error, target));
    fflush(stdout);
}

void table_gap(const char *what, const char *reason)
{
    gaps++;
    printf("  %-34s not measured: %s\n", what, reason);
    fflush(stdout);
}

int table_exit_status(void)
{
    printf("\n%u met, %u missed by up to a quarter, %u missed by more", met, missed, missed_badly);
    if (excused)
        printf(", %u beyond what this machine allows", excused);
    printf(gaps ? ", %u not measured\n" : "\n", gaps);
    return missed_badly || gaps ? 1 : 0;
}

static char *text_of_time(double ns, double share)
{
    const char *unit = ns < 1e4 ? "ns" : ns < 1e6 ? "us" : "ms";

    ns /= ns < 1e4 ? 1 : ns < 1e6 ? 1e3 : 1e6;
    return text_format("%.*f %s ±%2.0f%%", ns < 100 ? 1 : 0, ns, unit, 100 * share);
}

char *text_of_ns(const struct bench_side *side)
{
    return text_of_time(bench_median(side->values, side->count),
                        bench_spread(side->values, side->count));
}

char *text_of_mean(const struct bench_side *side)
{
    return text_of_time(bench_mean(side->values, side->count),
                        sqrt(bench_error_squared(side->values, side->count)));
}

char *text_of_rate(double rate)
{
    return text_format("%.2f M/s", rate / 1e6);
}
