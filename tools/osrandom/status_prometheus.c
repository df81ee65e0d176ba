/*
 * See status_prometheus.h. What runs decides on the labels, so they are bounded: a name is cut and
 * freed of odd bytes, and programs beyond the first many are told of as one.
 *
 * The figures are sums over the processes that run now. They fall when one ends, so that they are
 * gauges and no counters.
 */
#include "status_prometheus.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "file/object.h"

enum { MOST_PROGRAMS = 100, LONGEST_NAME = 48, STATES = 9 };

const char *const metrics_states[STATES + 1] = {
    "covered", "provider",   "self-reported", "uncovered", "swapped",
    "guarded", "no-openssl", "not-permitted", "trouble",   NULL};

struct sums {
    uint64_t processes[STATES], draws, failures, swaps;
};

static struct program_sums {
    char name[LONGEST_NAME + 1];
    struct sums sums;
} programs[MOST_PROGRAMS + 1]; /* the last is for all others */

static size_t program_count;
static struct sums machine;

/* ---- Adding up ---- */

static void name_of(char name[LONGEST_NAME + 1], const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = 0;

    for (path = slash ? slash + 1 : path; *path && length < LONGEST_NAME; path++)
        name[length++] = isalnum((unsigned char)*path) || strchr("._+-", *path) ? *path : '_';
    name[length] = '\0';
}

static struct program_sums *sums_of(const char *path)
{
    char name[LONGEST_NAME + 1];

    name_of(name, path);
    for (size_t i = 0; i < program_count; i++)
        if (strcmp(programs[i].name, name) == 0)
            return &programs[i];
    if (program_count == MOST_PROGRAMS)
        return &programs[MOST_PROGRAMS];
    memcpy(programs[program_count].name, name, sizeof(name));
    return &programs[program_count++];
}

static void add_to(struct sums *sums, size_t state, const struct metrics_process *process)
{
    sums->processes[state]++;
    sums->draws += process->draws;
    sums->failures += process->failures;
    sums->swaps += process->swaps;
}

void metrics_add(const struct metrics_process *process)
{
    for (size_t i = 0; process->state && i < STATES; i++) {
        if (strcmp(metrics_states[i], process->state) != 0)
            continue;
        add_to(&machine, i, process);
        if (process->has_openssl)
            add_to(&sums_of(process->program)->sums, i, process);
    }
}

/* ---- The text ---- */

static void head(FILE *out, const char *name, const char *means)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, means, name);
}

static void figure(FILE *out, const char *name, const char *means, uint64_t value)
{
    head(out, name, means);
    fprintf(out, "%s %" PRIu64 "\n", name, value);
}

/* f of each program that was told of, the sum of all others at the end. */
static void for_programs(FILE *out, const char *name, const char *means,
                         void (*f)(FILE *, const char *, const struct program_sums *))
{
    struct program_sums *rest = &programs[MOST_PROGRAMS];

    head(out, name, means);
    for (size_t i = 0; i < program_count; i++)
        f(out, name, &programs[i]);
    strcpy(rest->name, "(others)");
    if (program_count == MOST_PROGRAMS)
        f(out, name, rest);
}

static void processes_of(FILE *out, const char *name, const struct program_sums *program)
{
    for (size_t i = 0; i < STATES; i++)
        if (program->sums.processes[i])
            fprintf(out, "%s{program=\"%s\",state=\"%s\"} %" PRIu64 "\n", name, program->name,
                    metrics_states[i], program->sums.processes[i]);
}

static void draws_of(FILE *out, const char *name, const struct program_sums *program)
{
    fprintf(out, "%s{program=\"%s\"} %" PRIu64 "\n", name, program->name, program->sums.draws);
}

static void failures_of(FILE *out, const char *name, const struct program_sums *program)
{
    fprintf(out, "%s{program=\"%s\"} %" PRIu64 "\n", name, program->name, program->sums.failures);
}

static void shim_of(FILE *out, const char *shim)
{
    const char *error;
    struct object *object = shim ? object_of(shim, &error) : NULL;

    head(out, "osrandom_shim_info", "The shim that is installed; 0: none is.");
    fprintf(out, "osrandom_shim_info{version=\"%s\",build_id=\"", OSRANDOM_VERSION);
    for (size_t i = 0; object && i < object->build_id_size; i++)
        fprintf(out, "%02x", object->build_id[i]);
    fprintf(out, "\"} %d\n", object != NULL);
    object_free(object);
}

static void all(FILE *out, const char *shim)
{
    head(out, "osrandom_processes", "Processes that run, by what was found in them.");
    for (size_t i = 0; i < STATES; i++)
        fprintf(out, "osrandom_processes{state=\"%s\"} %" PRIu64 "\n", metrics_states[i],
                machine.processes[i]);
    figure(out, "osrandom_draws", "Draws that the shim has served in processes that run.",
           machine.draws);
    figure(out, "osrandom_failed_draws", "Draws that no source could serve in them.",
           machine.failures);
    figure(out, "osrandom_refused_generators", "Other generators that were kept out of them.",
           machine.swaps);
    for_programs(out, "osrandom_program_processes", "Processes with OpenSSL, by program.",
                 processes_of);
    for_programs(out, "osrandom_program_draws", "Draws that the shim has served, by program.",
                 draws_of);
    for_programs(out, "osrandom_program_failed_draws", "Draws that failed, by program.",
                 failures_of);
    shim_of(out, shim);
    figure(out, "osrandom_last_look_timestamp_seconds", "When this was found out.",
           (uint64_t)time(NULL));
}

/* ---- Where to ---- */

static int cannot_write(const char *path)
{
    return complain("status", "%s cannot be written: %s", path, strerror(errno));
}

/* Beside, then renamed: the collector reads whole files. It ends in no .prom before. */
int metrics_write(const char *output, const char *shim)
{
    char *beside;
    FILE *out;
    int file, status = 0;

    if (!output) {
        all(stdout, shim);
        return finish("status", 0);
    }
    beside = text_of("%s.osrandom-new", output);
    unlink(beside);
    file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    out = file >= 0 ? fdopen(file, "w") : NULL;
    if (out) {
        fchmod(file, 0644);
        all(out, shim);
    }
    if (!out || ferror(out) || fclose(out) != 0 || rename(beside, output) != 0)
        status = cannot_write(output);
    if (status)
        unlink(beside);
    free(beside);
    return status;
}
