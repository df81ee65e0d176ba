/*
 * See coverage.h. A block in memory can be forged, so "covered" is called self-reported unless
 * the shim that is mapped is the file that we know: its path, its build id, its device and inode.
 */
#include "coverage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absence.h"
#include "file/object.h"
#include "status_block.h"

enum { ATTEMPTS = 3 };

static struct {
    char path[PATH_MAX]; /* "" if there is none */
    struct object *object;
} ours;

struct findings {
    pid_t pid;
    struct look *look;
    enum block_result result;
    struct block status;
    unsigned int reachable, pinned, hidden, closed, fips, guarded;
};

void coverage_start(const char *shim)
{
    const char *error;

    if (shim && realpath(shim, ours.path))
        ours.object = object_of(ours.path, &error);
}

static void say(struct look *look, enum look_state state, const char *why)
{
    look->state = state;
    snprintf(look->why, sizeof(look->why), "%s", why);
}

/* ---- Names ---- */

static void read_program(pid_t pid, struct look *look)
{
    static const char mark[] = " (deleted)";
    char path[64];
    ssize_t length;

    snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
    length = readlink(path, look->program, sizeof(look->program) - 1);
    if (length > 0) {
        look->program[length] = '\0';
        if ((size_t)length > sizeof(mark) &&
            strcmp(look->program + length - (sizeof(mark) - 1), mark) == 0)
            look->program[length - (ssize_t)(sizeof(mark) - 1)] = '\0';
        return;
    }
    snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
    length = open(path, O_RDONLY | O_CLOEXEC);
    if (length >= 0) {
        int file = (int)length;

        length = read(file, look->program, sizeof(look->program) - 1);
        look->program[length > 0 ? length - 1 : 0] = '\0';
        close(file);
    }
}

/* OPENSSL_VERSION_NUMBER: 0xMNN00PP0 since 3.0, 0xMNNFFPPS with a letter before. */
static void version_of_number(uint64_t number, char version[MAPPED_LONGEST_VERSION])
{
    unsigned int major = (unsigned int)(number >> 28) & 15, minor = (number >> 20) & 255;
    unsigned int fix = (number >> 12) & 255, patch = (number >> 4) & 255;

    if (number == 0 || number > UINT32_MAX)
        version[0] = '\0';
    else if (major >= 3)
        snprintf(version, MAPPED_LONGEST_VERSION, "%u.%u.%u", major, minor, patch);
    else
        snprintf(version, MAPPED_LONGEST_VERSION, "%u.%u.%u%.*s", major, minor, fix,
                 patch > 0 && patch <= 26,
                 &"abcdefghijklmnopqrstuvwxyz"[patch > 0 ? patch - 1 : 0]);
}

/* ---- What is mapped ---- */

static const struct block_openssl *reported(const struct findings *findings,
                                            const struct mapping *mapping)
{
    for (size_t i = 0; findings->result == BLOCK_READ && i < findings->status.openssl_count; i++)
        if (findings->status.openssl[i].object.base == mapping->start)
            return &findings->status.openssl[i];
    return NULL;
}

static void add_openssl(struct findings *findings, const struct mapping *mapping,
                        const struct mapped *mapped)
{
    const struct block_openssl *entry = reported(findings, mapping);
    struct look *look = findings->look;
    struct look_openssl *openssl = &look->openssl[look->openssl_count];
    bool pinned = entry && entry->pin == PIN_HELD, guarded = entry && entry->pin == PIN_GUARDED;

    findings->reachable += mapped->kind == MAPPED_OPENSSL && !guarded;
    findings->pinned += mapped->kind == MAPPED_OPENSSL && pinned;
    findings->closed += mapped->kind == MAPPED_CLOSED;
    findings->hidden += mapped->kind == MAPPED_HIDDEN && !pinned && !guarded;
    findings->guarded += guarded;
    if (look->openssl_count == LOOK_OPENSSLS)
        return;
    look->openssl_count++;
    snprintf(openssl->object, sizeof(openssl->object), "%s", mapping->path);
    if (*mapped->version)
        memcpy(openssl->version, mapped->version, sizeof(openssl->version));
    else if (entry)
        version_of_number(entry->version, openssl->version);
    openssl->pinned = pinned;
    openssl->guarded = guarded;
}

static bool is_same_file(const struct mapping *one, const struct mapping *other)
{
    return one->inode == other->inode && one->device == other->device;
}

/* Code of the same file follows: an object that is only read, as a file, is not loaded. One that
 * dlmopen(3) has loaded again is another one. */
static bool is_loaded(const struct process *process, size_t index)
{
    const struct mapping *first = &process->mappings[index];

    for (size_t i = index; i < process->count; i++) {
        const struct mapping *mapping = &process->mappings[i];

        if (!is_same_file(first, mapping))
            continue;
        if (i > index && mapped_is_candidate(mapping))
            return false;
        if (mapping->permissions[2] == 'x')
            return true;
    }
    return false;
}

/* An object that the shim reports counts as one even if its file cannot be read. */
static void look_at_mapping(struct findings *findings, const struct mapping *mapping)
{
    struct mapped mapped = mapped_look(findings->pid, mapping);

    if (mapped.kind == MAPPED_OTHER && reported(findings, mapping))
        mapped.kind = MAPPED_OPENSSL;
    if (mapped.kind == MAPPED_FIPS && !reported(findings, mapping))
        findings->fips++;
    else if (mapped.kind != MAPPED_OTHER)
        add_openssl(findings, mapping, &mapped);
}

static void look_at_mappings(struct findings *findings, const struct process *process)
{
    for (size_t i = 0; i < process->count; i++)
        if (mapped_is_candidate(&process->mappings[i]) && is_loaded(process, i))
            look_at_mapping(findings, &process->mappings[i]);
}

/* ---- Is the shim ours? ---- */

static const struct mapping *mapping_of_shim(const struct findings *findings,
                                             const struct process *process)
{
    return process_mapping_at(process, findings->status.shim.base);
}

/* NULL if it is. */
static const char *why_self_reported(const struct findings *findings, const struct process *process)
{
    const struct block *status = &findings->status;
    const struct mapping *mapping = mapping_of_shim(findings, process);
    struct stat file = {0};
    char *path;
    bool same;

    if (!ours.object)
        return "self-reported: there is no shim here to compare with";
    if (status->shim.deleted)
        return "self-reported: its shim has been replaced since it started";
    if (strcmp(status->shim.path, ours.path) != 0 || !mapping)
        return "self-reported: its shim lies elsewhere";
    if (status->build_id_size == 0 || status->build_id_size != ours.object->build_id_size ||
        memcmp(status->build_id, ours.object->build_id, status->build_id_size) != 0)
        return "self-reported: its shim is another build";
    path = mapped_path(findings->pid, mapping);
    same = stat(path, &file) == 0 && file.st_dev == ours.object->device &&
           file.st_ino == ours.object->inode && mapping->inode == file.st_ino;
    free(path);
    return same ? NULL : "self-reported: its shim is another file";
}

/* ---- The verdict ---- */

static const char *why_not_pinned(const struct findings *findings)
{
    if (findings->status.mode == MODE_BUILTIN)
        return "mode builtin: OpenSSL is left alone";
    if (findings->status.mode == MODE_REGISTER)
        return "mode register: OpenSSL keeps its generator until the engine is chosen";
    if (findings->status.mode == MODE_RESEED)
        return "mode reseed: an OpenSSL cannot be made to notice forks";
    for (size_t i = 0; i < findings->status.openssl_count; i++) {
        if (findings->status.openssl[i].pin == PIN_GIVEN)
            return "the program's own generator was let in (OSRANDOM_ON_REPLACE=allow)";
        if (findings->status.openssl[i].pin == PIN_DRAWS)
            return "an OpenSSL was built without methods: only direct calls draw from the shim";
        if (findings->status.openssl[i].pin == PIN_REFUSED)
            return "an OpenSSL refused the shim's method";
    }
    return "the shim has not seen an OpenSSL that is mapped";
}

static const char *why_uncovered(const struct findings *findings)
{
    switch (findings->result) {
    case BLOCK_DISTRUSTED:
        return "what it shows as the shim's status block is not one";
    case BLOCK_OTHER_LAYOUT:
        return "its shim is of another version, and cannot be read";
    default:
        break;
    }
    if (findings->hidden)
        return "a static copy of OpenSSL hides its symbols";
    if (findings->closed)
        return "BoringSSL and LibreSSL take no other generator";
    if (findings->result == BLOCK_NO_SHIM)
        return absence_of_shim(findings->pid);
    if (findings->pinned < findings->reachable)
        return why_not_pinned(findings);
    return findings->fips ? "a FIPS provider is loaded, whose keys are its own" : NULL;
}

static void take_figures(struct findings *findings)
{
    struct look *look = findings->look;

    if (findings->result != BLOCK_READ)
        return;
    look->has_shim = true;
    look->mode = findings->status.mode;
    look->source = findings->status.source;
    look->draws = findings->status.draws;
    look->bytes = findings->status.bytes;
    look->swaps = findings->status.swaps;
    look->failures = findings->status.failures;
}

static void conclude(struct findings *findings, const struct process *process)
{
    struct look *look = findings->look;
    const char *why;

    take_figures(findings);
    if (look->openssl_count == 0 && findings->fips == 0) {
        say(look, LOOK_NO_OPENSSL, "");
        return;
    }
    why = why_uncovered(findings);
    if (why) {
        say(look, LOOK_UNCOVERED, why);
        return;
    }
    why = why_self_reported(findings, process);
    look->self_reported = why != NULL;
    if (findings->guarded)
        say(look, LOOK_GUARDED, why ? why : "a generator of OpenSSL's own, made to notice forks");
    else
        say(look, LOOK_COVERED, why ? why : "");
}

/* Whether another try may show more. */
static bool look_once(struct findings *findings)
{
    struct process process;
    bool changed = false;
    int error = process_open(&process, findings->pid);

    if (error == ESRCH)
        say(findings->look, LOOK_GONE, "no such process");
    else if (error == EACCES)
        say(findings->look, LOOK_NOT_PERMITTED, "no permission to look");
    else if (error)
        say(findings->look, LOOK_TROUBLE, strerror(error));
    if (error)
        return false;
    findings->result = block_of_process(&process, &findings->status, &changed);
    if (findings->result == BLOCK_FAILED) {
        say(findings->look, LOOK_TROUBLE, strerror(errno));
    } else {
        look_at_mappings(findings, &process);
        conclude(findings, &process);
    }
    process_close(&process);
    return changed;
}

void coverage_of(pid_t pid, struct look *look)
{
    const struct look empty = {.pid = pid};
    bool again = true;

    for (int i = 0; i < ATTEMPTS && again; i++) {
        struct findings findings = {.pid = pid, .look = look};

        *look = empty;
        read_program(pid, look);
        again = look_once(&findings);
    }
}
