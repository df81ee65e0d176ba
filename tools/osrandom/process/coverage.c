/*
 * See coverage.h.
 */
#include "coverage.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "loader_list.h"
#include "proof.h"
#include "trail.h"
#include "verdict.h"

enum { ATTEMPTS = 3 };

/* ---- Names ---- */

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

/* Static: the finding outlives what it was found in. */
static const char *name_of_closed(const char *version)
{
    static const char *const names[] = {"LibreSSL", "AWS-LC", "BoringSSL"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(version, names[i]) == 0)
            return names[i];
    return "an OpenSSL without methods";
}

static bool draws_from_provider(const struct findings *findings, const struct mapping *mapping)
{
    for (size_t i = 0; findings->provider.is_there && i < findings->provider.openssl_count; i++)
        if (findings->provider.openssl[i].base == mapping->start &&
            findings->provider.openssl[i].has_drawn)
            return true;
    return false;
}

static void add_openssl(struct findings *findings, const struct mapping *mapping,
                        const struct mapped *mapped)
{
    const struct block_openssl *entry = reported(findings, mapping);
    struct look *look = findings->look;
    struct look_openssl *openssl = &look->openssl[look->openssl_count];
    bool pinned = entry && entry->pin == PIN_HELD, guarded = entry && entry->pin == PIN_GUARDED;
    bool provided = !pinned && !guarded && mapped->kind != MAPPED_HIDDEN &&
                    draws_from_provider(findings, mapping);

    findings->provided += provided;
    findings->reachable += mapped->kind == MAPPED_OPENSSL && !guarded && !provided;
    findings->pinned += mapped->kind == MAPPED_OPENSSL && pinned;
    findings->closed += mapped->kind == MAPPED_CLOSED && !provided;
    if (mapped->kind == MAPPED_CLOSED)
        findings->closed_name = name_of_closed(mapped->version);
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
    openssl->provided = provided;
}

/* Code of the same file follows: an object that is only read, as a file, is not loaded. One that
 * dlmopen(3) has loaded again is another one. */
static bool is_loaded(const struct process *process, size_t index)
{
    const struct mapping *first = &process->mappings[index];

    for (size_t i = index; i < process->count; i++) {
        const struct mapping *mapping = &process->mappings[i];

        if (!process_same_file(first, mapping))
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
    static const char *const kinds[] = {[MAPPED_OPENSSL] = "an OpenSSL",
                                        [MAPPED_CLOSED] = "takes no method",
                                        [MAPPED_HIDDEN] = "hides a copy of OpenSSL",
                                        [MAPPED_FIPS] = "a FIPS provider"};
    struct mapped mapped = mapped_look(findings->pid, mapping);

    if (mapped.unread) {
        findings->unread = mapped.unread;
        trail_note("  %s: %s; judged by its name", mapping->path, mapped.unread);
    }
    if (mapped.kind != MAPPED_OTHER)
        trail_note("  %s at %" PRIx64 ": %s %s", mapping->path, mapping->start, kinds[mapped.kind],
                   mapped.version);
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

/* ---- The steps ---- */

static void note_method(const struct block_openssl *openssl)
{
    static const char *const methods[] = {
        [BLOCK_METHOD_UNKNOWN] = "not known to the shim",
        [BLOCK_METHOD_OURS] = "holds the shim's method",
        [BLOCK_METHOD_NONE] = "holds none",
        [BLOCK_METHOD_OTHER] = "holds another's method",
        [BLOCK_METHOD_FALSE] = "is not in its data",
    };
    static const char *const pins[] = {[PIN_NONE] = "not tried yet",
                                       [PIN_TRYING] = "being pinned",
                                       [PIN_HELD] = "pinned",
                                       [PIN_DRAWS] = "built without methods",
                                       [PIN_GIVEN] = "given to another",
                                       [PIN_LEFT] = "left alone",
                                       [PIN_REFUSED] = "refused the method",
                                       [PIN_GUARDED] = "guarded"};

    trail_note("  the block has the OpenSSL at %" PRIx64 ": %s", openssl->object.base,
               openssl->pin <= PIN_GUARDED ? pins[openssl->pin] : "?");
    trail_note("    where it keeps its method, at %" PRIx64 ": %s", openssl->method_word,
               methods[openssl->method]);
}

static void note_block(const struct findings *findings, struct process *process)
{
    static const char *const results[] = {
        [BLOCK_READ] = "a shim is there",
        [BLOCK_NO_SHIM] = "no shim is there",
        [BLOCK_DISTRUSTED] = "what is shown as the shim's block is none",
        [BLOCK_OTHER_LAYOUT] = "the shim's block is of another version",
    };
    static const char *const lists[] = {"has it", "does not have it", "cannot be read"};
    const struct block *status = &findings->status;

    trail_note("  /proc/%d/maps has %zu mappings; in memory: %s", (int)findings->pid,
               process->count,
               findings->result <= BLOCK_OTHER_LAYOUT ? results[findings->result] : "?");
    if (findings->result != BLOCK_READ)
        return;
    trail_note("  the shim at %" PRIx64 " is %s%s", status->shim.base, status->shim.path,
               status->shim.deleted ? ", deleted or replaced since" : "");
    trail_note("  its build is %sthe one that is known here",
               proof_is_same_build(PROOF_SHIM, status) ? "" : "not ");
    trail_note("  the loader's list of objects %s", lists[loader_lists(process, status->dynamic)]);
    for (size_t i = 0; i < status->openssl_count; i++)
        note_method(&status->openssl[i]);
}

/* By another of its threads where the first has ended. */
static int open_process(struct process *process, struct findings *findings)
{
    int error = process_open(process, findings->pid);
    pid_t other = error == ESRCH ? process_other_thread(findings->pid) : 0;

    if (other == 0)
        return error;
    findings->pid = other;
    trail_note("  its first thread has ended; looked at by thread %d", (int)other);
    return process_open(process, other);
}

/* Whether another try may show more. */
static bool look_once(struct findings *findings)
{
    struct process process;
    bool changed = false;
    int error = open_process(&process, findings);

    if (error == ESRCH)
        verdict_say(findings->look, LOOK_GONE, "no such process");
    else if (error == EACCES)
        verdict_say(findings->look, LOOK_NOT_PERMITTED, "no permission to look");
    else if (error)
        verdict_say(findings->look, LOOK_TROUBLE, strerror(error));
    if (error)
        return false;
    findings->result =
        blocks_of_process(&process, &findings->status, &findings->provider, &changed);
    if (findings->result == BLOCK_FAILED) {
        verdict_say(findings->look, LOOK_TROUBLE, strerror(errno));
    } else {
        if (trail_is_kept())
            note_block(findings, &process);
        verdict_on_provider(findings, &process);
        look_at_mappings(findings, &process);
        verdict_conclude(findings, &process);
    }
    if (process_is_over(&process)) {
        verdict_say(findings->look, LOOK_TROUBLE, "it became another program meanwhile");
        changed = true;
    }
    process_close(&process);
    return changed;
}

void coverage_of(pid_t pid, struct look *look)
{
    const struct look empty = {.pid = pid};
    const struct identity identity = look->identity;
    bool again = true;

    for (int i = 0; i < ATTEMPTS && again; i++) {
        struct findings findings = {.pid = pid, .look = look};

        *look = empty;
        look->identity = identity;
        trail_clear();
        again = look_once(&findings);
    }
}

void coverage_start(const char *shim, const char *module)
{
    verdict_start(shim, module);
}
