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

#include "command.h"
#include "file/prediction.h"
#include "file/program.h"
#include "settings_table.h"

static const char help[] =
    "Usage: osrandom run [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
    "Starts PROGRAM with the shim, in place of this process.\n\n"
    "  --mode M        activate, register, builtin or reseed\n"
    "  --source S      auto, vdso, getrandom, getentropy or urandom\n"
    "  --on-replace P  ignore, fail, abort or allow: a program's own generator\n"
    "  --on-failure F  error or abort: a draw that no source can serve\n"
    "  --log L         warn, quiet or info\n"
    "  --require       do not start a program that the shim cannot cover\n\n"
    "The first value of each is the default; libosrandom_preload(8) explains them.\n"
    "Exit status: 125 if osrandom fails, 126 if PROGRAM cannot be started, 127 if it\n"
    "is not found, else that of PROGRAM.\n";

enum { OPTION_REQUIRE = OPTION_OWN + SETTINGS };

static const struct option options[] = {
    {"mode", required_argument, NULL, OPTION_OWN + SETTING_MODE},
    {"source", required_argument, NULL, OPTION_OWN + SETTING_SOURCE},
    {"on-swap", required_argument, NULL, OPTION_OWN + SETTING_ON_SWAP},
    {"on-replace", required_argument, NULL, OPTION_OWN + SETTING_ON_REPLACE},
    {"on-failure", required_argument, NULL, OPTION_OWN + SETTING_ON_FAILURE},
    {"log", required_argument, NULL, OPTION_OWN + SETTING_LOG},
    {"require", no_argument, NULL, OPTION_REQUIRE},
    OPTIONS_FOR_ALL,
};

static bool is_accepted(const struct setting_words *setting, const char *value)
{
    for (size_t i = 0; setting->values[i]; i++)
        if (strcmp(setting->values[i], value) == 0)
            return true;
    return false;
}

static int refuse_value(const struct setting_words *setting, const char *value)
{
    char *list = text_of("%s", setting->values[0]);

    for (size_t i = 1; setting->values[i]; i++) {
        char *longer = text_of("%s, %s", list, setting->values[i]);

        free(list);
        list = longer;
    }
    complain("run", "--%s=%s is not known; accepted: %s", setting->option, value, list);
    free(list);
    return EXIT_OSRANDOM;
}

static bool is_a_shim(const char *entry, size_t length)
{
    static const char name[] = "libosrandom_preload.so";
    const size_t name_length = sizeof(name) - 1;

    return length >= name_length && memcmp(entry + length - name_length, name, name_length) == 0 &&
           (length == name_length || entry[length - name_length - 1] == '/');
}

/* The shim in front of what is there already, other mentions of a shim left out. */
static char *preload_list(const char *shim, const char *already)
{
    char *list = text_of("%s", shim);

    while (already && *already) {
        size_t length = strcspn(already, " :");

        if (length > 0 && !is_a_shim(already, length)) {
            char *longer = text_of("%s:%.*s", list, (int)length, already);

            free(list);
            list = longer;
        }
        already += length;
        already += strspn(already, " :");
    }
    return list;
}

/* Of what cannot be covered, says why and answers EXIT_OSRANDOM; of what cannot be told, says so.
 */
static int require_coverage(const char *name, const char *shim)
{
    struct program *program = program_find(name);
    struct prediction prediction;
    int status = 0;

    if (program->path && program->error) {
        complain("run", "whether the shim covers %s cannot be told beforehand: %s", name,
                 program->error);
    } else if (program->path) {
        prediction = predict(program, shim, PREDICT_FOR_THIS_USER);
        if (prediction.verdict == VERDICT_UNCOVERED)
            status = complain("run", "%s is not started, for the shim cannot cover it: %s", name,
                              prediction.why);
        else if (prediction.verdict == VERDICT_UNKNOWN)
            complain("run", "whether the shim covers %s cannot be told beforehand: %s", name,
                     prediction.why);
        prediction_free(&prediction);
    }
    program_free(program);
    return status;
}

static int start(char **words, bool require)
{
    const char *shim = shim_path();
    char *list;
    int error;

    if (!shim)
        return complain("run", "libosrandom_preload.so is neither beside osrandom nor in %s",
                        OSRANDOM_LIBDIR);
    if (strpbrk(shim, " :"))
        return complain("run",
                        "the loader cannot be told of %s, for it takes blanks and colons "
                        "as separators",
                        shim);
    if (require && require_coverage(words[0], shim) != 0)
        return EXIT_OSRANDOM;
    list = preload_list(shim, getenv("LD_PRELOAD"));
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
    bool require = false;
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:", options, NULL)) != -1) {
        const struct setting_words *setting = &settings_table[option - OPTION_OWN];

        if (option == OPTION_REQUIRE)
            require = true;
        else if (option < OPTION_OWN)
            return common_option(option, argv, help);
        else if (!is_accepted(setting, optarg))
            return refuse_value(setting, optarg);
        else if (setenv(setting->variable, optarg, 1) != 0)
            return complain("run", "cannot set %s: %s", setting->variable, strerror(errno));
        if (option == OPTION_OWN + SETTING_ON_SWAP) /* what is set would count before it */
            unsetenv(settings_table[SETTING_ON_REPLACE].variable);
    }
    if (optind == argc)
        return complain("run", "which program? See 'osrandom run --help'");
    return start(argv + optind, require);
}
