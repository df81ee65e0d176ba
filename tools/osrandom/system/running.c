/*
 * See running.h. A program that runs in a root of its own, as in a container, reads another
 * /etc/ld.so.preload.
 */
#include "running.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/printable.h"
#include "file/prediction.h"

enum { VERDICTS = VERDICT_UNCOVERED + 1 };

struct census {
    char **paths;
    size_t count, elsewhere;
};

static bool sees_this_etc(const char *pid)
{
    char *path = text_of("/proc/%s/root/etc", pid);
    struct stat theirs, ours;
    bool same = stat(path, &theirs) == 0 && stat("/etc", &ours) == 0 &&
                theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;

    free(path);
    return same;
}

static void note(struct census *census, const char *pid)
{
    char *link = text_of("/proc/%s/exe", pid), path[PATH_MAX];
    ssize_t length = readlink(link, path, sizeof(path) - 1);

    free(link);
    if (length <= 0)
        return; /* a thread of the kernel, or over */
    path[length] = '\0';
    if (!sees_this_etc(pid)) {
        census->elsewhere++;
        return;
    }
    for (size_t i = 0; i < census->count; i++)
        if (strcmp(census->paths[i], path) == 0)
            return;
    census->paths = grown(census->paths, census->count, sizeof(*census->paths));
    census->paths[census->count++] = text_of("%s", path);
}

static struct census take_census(void)
{
    struct census census = {0};
    DIR *directory = opendir("/proc");
    struct dirent *entry;

    while (directory && (entry = readdir(directory)))
        if (isdigit((unsigned char)*entry->d_name))
            note(&census, entry->d_name);
    if (directory)
        closedir(directory);
    return census;
}

static enum verdict tell_of(const char *path, const char *shim)
{
    struct program *program = program_find(path);
    struct prediction prediction;
    enum verdict verdict = VERDICT_UNKNOWN;

    if (program->path && !program->error) {
        prediction = predict(program, shim, PREDICT_FOR_THIS_USER);
        verdict = prediction.verdict;
        if (verdict == VERDICT_UNCOVERED) {
            char safe[4 * PATH_MAX];

            printable_into(safe, sizeof(safe), path);
            printf("note: %s, which runs, is not covered: %s\n", safe, prediction.why);
        }
        prediction_free(&prediction);
    }
    program_free(program);
    return verdict;
}

void tell_of_running_programs(const char *shim)
{
    struct census census = take_census();
    unsigned int counts[VERDICTS] = {0};

    for (size_t i = 0; i < census.count; i++) {
        counts[tell_of(census.paths[i], shim)]++;
        free(census.paths[i]);
    }
    free(census.paths);
    printf("ok: of %zu running programs %u will be covered when they start again, %u not; %u have "
           "no OpenSSL, of %u it shows when they run\n",
           census.count, counts[VERDICT_COVERED], counts[VERDICT_UNCOVERED],
           counts[VERDICT_NOTHING], counts[VERDICT_UNKNOWN]);
    if (counts[VERDICT_PROVIDER])
        printf("note: nothing can be preloaded into %u more, which openssl.cnf has draw from the "
               "provider\n",
               counts[VERDICT_PROVIDER]);
    if (census.elsewhere)
        printf("note: %zu processes have another root, as in containers, and so another "
               "/etc/ld.so.preload\n",
               census.elsewhere);
}
