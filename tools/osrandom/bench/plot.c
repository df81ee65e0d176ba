/*
 * See plot.h.
 */
#include "plot.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

void bench_line_add(struct bench_line *line, double x, double y)
{
    if (line->count == BENCH_MOST_POINTS)
        return;
    line->x[line->count] = x;
    line->y[line->count++] = y;
}

/* A string of gnuplot's in single quotes, in which only such a quote is special. */
static void print_quoted(FILE *script, const char *text)
{
    fputc('\'', script);
    for (; *text; text++) {
        if (*text == '\'')
            fputc('\'', script);
        fputc(*text, script);
    }
    fputc('\'', script);
}

static void print_setting(FILE *script, const char *setting, const char *text)
{
    fprintf(script, "set %s ", setting);
    print_quoted(script, text);
    fputc('\n', script);
}

static void print_axes(FILE *script, const struct bench_chart *chart)
{
    print_setting(script, "title", chart->title);
    print_setting(script, "xlabel", chart->x);
    print_setting(script, "ylabel", chart->y);
    fputs("set logscale x 2\nset border 3 lc rgb '#444444'\nset tics nomirror out scale 0.5\n"
          "set grid ytics lc rgb '#e5e5e5' lw 1 lt 1\nset key outside right center Left reverse "
          "samplen 2 spacing 1.2\n",
          script);
    if (chart->y_is_log)
        fputs("set logscale y 10\nset ytics ('10 ns' 10, '100 ns' 1e2, '1 µs' 1e3, '10 µs' 1e4, "
              "'100 µs' 1e5, '1 ms' 1e6, '10 ms' 1e7)\nunset ylabel\n",
              script);
    else
        fputs("set yrange [0:*]\n", script);
    if (chart->x_in_bytes)
        fputs("set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '1 Ki' 1024, '4 Ki' 4096, "
              "'16 Ki' 16384, '64 Ki' 65536, '256 Ki' 262144, '1 Mi' 1048576)\n",
              script);
}

static void print_lines(FILE *script, const struct bench_chart *chart)
{
    for (size_t i = 0; i < chart->line_count; i++) {
        const struct bench_line *line = &chart->lines[i];

        fputs(i == 0 ? "plot '-' title " : ", '-' title ", script);
        print_quoted(script, line->title);
        fprintf(script, " with lines lc rgb '%s' lw %.1f dt %d", line->look.colour,
                line->look.width, line->look.dashed ? 2 : 1);
    }
    fputc('\n', script);
    for (size_t i = 0; i < chart->line_count; i++) {
        for (size_t j = 0; j < chart->lines[i].count; j++)
            fprintf(script, "%.6g %.6g\n", chart->lines[i].x[j], chart->lines[i].y[j]);
        fputs("e\n", script);
    }
}

static void print_script(FILE *script, const char *file, const struct bench_chart *chart)
{
    fputs("set terminal svg noenhanced size 860,460 font 'sans-serif,13' background rgb 'white'\n",
          script);
    fputs("set encoding utf8\n", script);
    print_setting(script, "output", file);
    print_axes(script, chart);
    print_lines(script, chart);
}

bool bench_plot(const char *file, const struct bench_chart *chart)
{
    int input[2], status = -1;
    FILE *script;
    pid_t child;

    if (pipe2(input, O_CLOEXEC) != 0)
        return false;
    child = fork();
    if (child == 0) {
        dup2(input[0], STDIN_FILENO);
        execlp("gnuplot", "gnuplot", "-", (char *)NULL);
        _exit(127);
    }
    close(input[0]);
    signal(SIGPIPE, SIG_IGN);
    script = fdopen(input[1], "we");
    if (script) {
        print_script(script, file, chart);
        fclose(script);
    }
    if (child > 0)
        waitpid(child, &status, 0);
    return status == 0;
}
