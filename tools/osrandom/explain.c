/*
 * osrandom explain: how programs get OpenSSL, and whether the shim will cover it, without running
 * them.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "file/bounded.h"
#include "file/prediction.h"
#include "file/program.h"

static const char help[] =
    "Usage: osrandom explain [--json] PROGRAM|SCRIPT|LIBRARY...\n"
    "Tells, without running it, how each program gets OpenSSL, whether the shim will cover\n"
    "it, and if not what would. A name without a slash is looked for in PATH, then here; a\n"
    "script stands for the interpreter in its #! line, a library or a module for what it\n"
    "brings into a program. 'cannot tell' is an answer: see osrandom(8).\n\n"
    "  --json          an object for each, one a line\n\n"
    "Exit status: 0 all covered, by the shim or by the provider that openssl.cnf names, or\n"
    "without OpenSSL, 1 some not covered, or only guarded,\n"
    "2 some cannot be told or found, 125 osrandom failed.\n";

enum { OPTION_JSON = OPTION_OWN };

static const struct option options[] = {{"json", no_argument, NULL, OPTION_JSON}, OPTIONS_FOR_ALL};

struct explanation {
    char **names;
    const char *shim;
    bool as_json;
};

/* ---- Printing ---- */

static void print_line(const char *label, const char *text)
{
    char *safe = printable(text);

    printf("  %s%s\n", label, safe);
    free(safe);
}

static void print(const char *path, const struct prediction *prediction)
{
    char *safe = printable(path);

    printf("%s: %s\n", safe, verdict_name(prediction->verdict));
    free(safe);
    for (size_t i = 0; i < prediction->fact_count; i++)
        print_line("", prediction->facts[i]);
    if (prediction->why && prediction->verdict != VERDICT_NOTHING)
        print_line("because: ", prediction->why);
    if (prediction->remedy)
        print_line("what helps: ", prediction->remedy);
}

/* Names are bytes, and JSON is UTF-8. */
static json_t *json_of(const char *text)
{
    char *safe = text ? printable(text) : NULL;
    json_t *json = safe ? json_string(safe) : json_null();

    free(safe);
    return json;
}

static void print_json(const char *path, const char *interpreter,
                       const struct prediction *prediction)
{
    json_t *object = json_object(), *facts = json_array();

    for (size_t i = 0; i < prediction->fact_count; i++)
        json_array_append_new(facts, json_of(prediction->facts[i]));
    json_object_set_new(object, "program", json_of(path));
    json_object_set_new(object, "interpreter", json_of(interpreter));
    json_object_set_new(object, "verdict", json_of(verdict_word(prediction->verdict)));
    json_object_set_new(object, "why", json_of(prediction->why));
    json_object_set_new(object, "remedy", json_of(prediction->remedy));
    json_object_set_new(object, "facts", facts);
    json_dumpf(object, stdout, JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(object);
}

static void tell(const struct explanation *explanation, const char *path, const char *interpreter,
                 const struct prediction *prediction)
{
    if (explanation->as_json)
        print_json(path, interpreter, prediction);
    else
        print(path, prediction);
}

/* ---- One program ---- */

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

/* What cannot be looked at: nothing can be told of it. */
static int cannot_tell(const struct explanation *explanation, const char *name, const char *reason)
{
    const struct prediction prediction = {.verdict = VERDICT_UNKNOWN, .why = reason};

    complain("explain", "%s", reason);
    if (explanation->as_json)
        print_json(name, NULL, &prediction);
    return 2;
}

static int explain(void *context, size_t index)
{
    static const int statuses[] = {
        [VERDICT_COVERED] = 0, [VERDICT_PROVIDER] = 0, [VERDICT_NOTHING] = 0,
        [VERDICT_UNKNOWN] = 2, [VERDICT_GUARDED] = 1,  [VERDICT_UNCOVERED] = 1,
    };
    const struct explanation *explanation = context;
    struct program *program = find(explanation->names[index]);
    struct prediction prediction;
    int status;

    if (program->error) {
        status = cannot_tell(explanation, explanation->names[index], program->error);
    } else {
        prediction = predict(program, explanation->shim, PREDICT_FOR_ANYONE);
        tell(explanation, program->path, program->interpreter, &prediction);
        status = statuses[prediction.verdict];
        prediction_free(&prediction);
    }
    program_free(program);
    return status;
}

static int give_up(void *context, size_t index, const char *reason)
{
    const struct explanation *explanation = context;
    const struct prediction prediction = {.verdict = VERDICT_UNKNOWN, .why = reason};

    tell(explanation, explanation->names[index], NULL, &prediction);
    return 2;
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
    struct explanation explanation = {.shim = shim_path()};
    const struct bounded bounded = {&explanation, explain, give_up};
    int option, status = 0;
    int *answers;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option != OPTION_JSON)
            return common_option(option, argv, help);
        explanation.as_json = true;
    }
    if (optind == argc)
        return complain("explain", "which program? See 'osrandom explain --help'");
    explanation.names = argv + optind;
    answers = grown(NULL, (size_t)(argc - optind), sizeof(*answers));
    bounded_look(&bounded, (size_t)(argc - optind), answers);
    for (int i = 0; i < argc - optind; i++)
        status = graver(status, answers[i]);
    free(answers);
    return finish("explain", status);
}
