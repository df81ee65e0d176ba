/*
 * osrandom explain: how programs get OpenSSL, and whether the shim will cover it, without running
 * them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "file/prediction.h"
#include "file/program.h"

static const char help[] =
    "Usage: osrandom explain PROGRAM|SCRIPT...\n"
    "Tells, without running it, how each program gets OpenSSL, whether the shim will cover\n"
    "it, and if not what would. A name without a slash is looked for in PATH, then here; a\n"
    "script stands for the interpreter in its #! line. 'cannot tell' is an answer: see\n"
    "osrandom(8).\n\n"
    "Exit status: 0 all covered or without OpenSSL, 1 some not covered, 2 some cannot be\n"
    "told or found, 125 osrandom failed.\n";

static const struct option options[] = {OPTIONS_FOR_ALL};

static void print_line(const char *label, const char *text)
{
    char *safe = printable(text);

    printf("  %s%s\n", label, safe);
    free(safe);
}

static void print(const struct program *program, const struct prediction *prediction)
{
    char *path = printable(program->path);

    printf("%s: %s\n", path, verdict_name(prediction->verdict));
    free(path);
    for (size_t i = 0; i < prediction->fact_count; i++)
        print_line("", prediction->facts[i]);
    if (prediction->why && prediction->verdict != VERDICT_NOTHING)
        print_line("because: ", prediction->why);
    if (prediction->remedy)
        print_line("what helps: ", prediction->remedy);
}

/* What a shell would start, or else the file of that name in the current directory: people ask
 * about the script that lies before them. */
static struct program *find(const char *name)
{
    struct program *program = program_find(name);
    char *here;

    if (program->path || strchr(name, '/'))
        return program;
    here = text_of("./%s", name);
    if (access(here, F_OK) == 0) {
        program_free(program);
        program = program_find(here);
    }
    free(here);
    return program;
}

/* The exit status, as far as this one goes: of what cannot be looked at, nothing can be told. */
static int explain(const char *name, const char *shim)
{
    static const int statuses[] = {
        [VERDICT_COVERED] = 0,
        [VERDICT_NOTHING] = 0,
        [VERDICT_UNKNOWN] = 2,
        [VERDICT_UNCOVERED] = 1,
    };
    struct program *program = find(name);
    struct prediction prediction;
    int status = 2;

    if (program->error) {
        complain("explain", "%s", program->error);
    } else {
        prediction = predict(program, shim, PREDICT_FOR_ANYONE);
        print(program, &prediction);
        status = statuses[prediction.verdict];
        prediction_free(&prediction);
    }
    program_free(program);
    return status;
}

/* 1 before 2 before 0. */
static int graver(int one, int other)
{
    if (one == 1 || other == 1)
        return 1;
    return one ? one : other;
}

int explain_main(int argc, char **argv)
{
    const char *shim = shim_path();
    int option, status = 0;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1)
        return common_option(option, argv, help);
    if (optind == argc)
        return complain("explain", "which program? See 'osrandom explain --help'");
    for (int i = optind; i < argc; i++)
        status = graver(status, explain(argv[i], shim));
    return finish("explain", status);
}
