/*
 * osrandom run: puts the shim in front of LD_PRELOAD and becomes the program. No process of ours
 * stays, so that it can be an image's entrypoint and process 1.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/setting_word.h"
#include "command.h"
#include "file/bounded.h"
#include "file/object.h"
#include "file/prediction.h"
#include "file/preset.h"
#include "file/program.h"

static const char help[] =
    "Usage: osrandom run [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
    "Starts PROGRAM with the shim, in place of this process.\n\n"
    "  --mode M        activate, register, builtin or reseed\n"
    "  --source S      auto, vdso, getrandom, getentropy or urandom\n"
    "  --on-replace P  ignore, fail, abort or allow: a program's own generator\n"
    "  --on-failure F  error or abort: a draw that no source can serve\n"
    "  --log L         warn, quiet or info\n"
    "  --require       do not start a program that neither the shim nor the provider covers\n"
    "  --strict        nor one of which that cannot be told\n\n"
    "The first value of each is the default; libosrandom_preload(8) explains them.\n"
    "Exit status: 125 if osrandom fails, 126 if PROGRAM cannot be started, 127 if it\n"
    "is not found, else that of PROGRAM.\n";

enum { OPTION_REQUIRE = OPTION_OWN + SETTINGS, OPTION_STRICT };

static const struct option options[] = {
    /* the settings first, in their order */
    {"mode", required_argument, NULL, OPTION_OWN + SETTING_MODE},
    {"source", required_argument, NULL, OPTION_OWN + SETTING_SOURCE},
    {"on-swap", required_argument, NULL, OPTION_OWN + SETTING_ON_SWAP},
    {"on-replace", required_argument, NULL, OPTION_OWN + SETTING_ON_REPLACE},
    {"on-failure", required_argument, NULL, OPTION_OWN + SETTING_ON_FAILURE},
    {"log", required_argument, NULL, OPTION_OWN + SETTING_LOG},
    {"require", no_argument, NULL, OPTION_REQUIRE},
    {"strict", no_argument, NULL, OPTION_STRICT},
    OPTIONS_FOR_ALL,
};

static int refuse_value(enum setting setting, const char *value)
{
    char *list = text_of("%s", setting_word(setting, 0));
    const char *word;

    for (unsigned int i = 1; (word = setting_word(setting, i)) != NULL; i++) {
        char *longer = text_of("%s, %s", list, word);

        free(list);
        list = longer;
    }
    complain("run", "--%s=%s is not known; accepted: %s", options[setting].name, value, list);
    free(list);
    return EXIT_OSRANDOM;
}

/* ---- LD_PRELOAD ---- */

/* An entry without a path of its own, as '/usr/$LIB/...': the loader finds for it a shim that fits
 * each program. */
static char *fitting_shim(const char *entry, size_t length, const struct object *program)
{
    bool is_general = memchr(entry, '$', length) || !memchr(entry, '/', length);

    return is_general ? preset_file(entry, length, program) : NULL;
}

static char *with_entry(char *list, const char *entry, size_t length)
{
    char *longer = text_of("%s%s%.*s", list, *list ? ":" : "", (int)length, entry);

    free(list);
    return longer;
}

/* A shim that was there already and fits each program stays, and else ours is there; in front, and
 * once. *file is the one that will be loaded. */
static char *preload_list(const char *shim, const char *already, const struct object *program,
                          char **file)
{
    char *first = NULL, *rest = text_of("%s", ""), *list;

    *file = NULL;
    while (already && *already) {
        size_t length = strcspn(already, " :");

        if (!preset_is_shim(already, length)) {
            if (length > 0)
                rest = with_entry(rest, already, length);
        } else if (!first && program && (*file = fitting_shim(already, length, program))) {
            first = text_of("%.*s", (int)length, already);
        }
        already += length;
        already += strspn(already, " :");
    }
    if (!*file)
        *file = text_of("%s", shim);
    list = text_of("%s%s%s", first ? first : shim, *rest ? ":" : "", rest);
    free(first);
    free(rest);
    return list;
}

/* ---- The program ---- */

struct start {
    char **words;
    const char *shim; /* the file that will be loaded */
    bool is_strict;
};

static int doubt(const struct start *start, const char *why)
{
    if (start->is_strict)
        return complain("run",
                        "%s is not started, for whether the shim covers it cannot be told: %s",
                        start->words[0], why);
    complain("run", "whether the shim covers %s cannot be told beforehand: %s", start->words[0],
             why);
    return 0;
}

/* Of what cannot be covered, says why and answers EXIT_OSRANDOM; of what cannot be told, says so.
 * Where openssl.cnf has it draw from the provider, it is covered. */
static int require_coverage(void *context, size_t index)
{
    const struct start *start = context;
    struct program *program = program_find(start->words[index]);
    struct prediction prediction;
    int status = 0;

    if (program->path && program->error) {
        status = doubt(start, program->error);
    } else if (program->path) {
        prediction = predict(program, start->shim, PREDICT_FOR_THIS_USER);
        if (prediction.verdict == VERDICT_UNCOVERED || prediction.verdict == VERDICT_GUARDED)
            status = complain("run", "%s is not started, for the shim cannot cover it: %s",
                              start->words[index], prediction.why);
        else if (prediction.verdict == VERDICT_UNKNOWN)
            status = doubt(start, prediction.why);
        prediction_free(&prediction);
    }
    program_free(program);
    return status;
}

static int give_up(void *context, size_t index, const char *reason)
{
    (void)index;
    return doubt(context, reason);
}

/* What the loader would load for; else our shim's own kind. */
static struct object *object_to_start(const char *name, const char *shim)
{
    struct program *program = program_find(name);
    const char *path = program->interpreter ? program->interpreter : program->path, *error;
    struct object *object = path ? object_of(path, &error) : NULL;

    program_free(program);
    return object && object->loader ? object : object_of(shim, &error);
}

static int start(char **words, bool require, bool is_strict)
{
    struct start start = {.words = words, .is_strict = is_strict};
    const struct bounded bounded = {&start, require_coverage, give_up};
    const char *shim = shim_path(), *already = getenv("LD_PRELOAD");
    char *list, *file;
    int error, answer = 0;

    if (!shim)
        return complain("run", "libosrandom_preload.so is neither beside osrandom nor in %s",
                        OSRANDOM_LIBDIR);
    if (strpbrk(shim, " :"))
        return complain("run",
                        "the loader cannot be told of %s, for it takes blanks and colons "
                        "as separators",
                        shim);
    list = preload_list(shim, already, already ? object_to_start(words[0], shim) : NULL, &file);
    start.shim = file;
    if (require)
        bounded_look(&bounded, 1, &answer);
    free(file);
    if (answer != 0)
        return EXIT_OSRANDOM;
    if (setenv("LD_PRELOAD", list, 1) != 0)
        return complain("run", "cannot set LD_PRELOAD: %s", strerror(errno));
    free(list);
    execvp(words[0], words);
    error = errno;
    complain("run", "cannot start %s: %s", words[0], strerror(error));
    return error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_START;
}

int run_main(int argc, char **argv)
{
    bool require = false, is_strict = false;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
        const enum setting setting = (enum setting)(option - OPTION_OWN);

        if (option == OPTION_REQUIRE || option == OPTION_STRICT) {
            require = true;
            is_strict = is_strict || option == OPTION_STRICT;
            continue;
        }
        if (option < OPTION_OWN)
            return common_option(option, argv, help);
        if (setting_position(setting_words[setting].accepted, optarg) < 0)
            return refuse_value(setting, optarg);
        if (setenv(setting_words[setting].name, optarg, 1) != 0)
            return complain("run", "cannot set %s: %s", setting_words[setting].name,
                            strerror(errno));
        if (setting == SETTING_ON_SWAP) /* what is set would count before it */
            unsetenv(setting_words[SETTING_ON_REPLACE].name);
    }
    if (optind == argc)
        return complain("run", "which program? See 'osrandom run --help'");
    return start(argv + optind, require, is_strict);
}
