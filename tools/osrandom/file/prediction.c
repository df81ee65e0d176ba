/*
 * See prediction.h. First whether anything can be preloaded into the program, then where its
 * OpenSSL comes from.
 */
#include "prediction.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "libraries.h"
#include "privilege.h"

/* What is known of a program so far. */
struct inquiry {
    const struct program *program;
    const struct object *object;
    const char *shim;
    struct libraries libraries;
    struct prediction prediction;
    unsigned int reached; /* OpenSSLs that the shim will pin */
    unsigned int hidden;  /* copies that it cannot see */
    unsigned int closed;  /* those that take no method */
};

static const char *name_of(const struct object *object)
{
    const char *slash = strrchr(object->path, '/');

    return slash ? slash + 1 : object->path;
}

static const char *version_of(const struct object *object)
{
    return object->version ? object->version : "an OpenSSL";
}

static void add_fact(struct prediction *prediction, char *fact)
{
    prediction->facts =
        grown(prediction->facts, prediction->fact_count, sizeof(*prediction->facts));
    prediction->facts[prediction->fact_count++] = fact;
}

static int gravity(enum verdict verdict)
{
    static const int gravities[] = {
        [VERDICT_COVERED] = 0,
        [VERDICT_NOTHING] = 1,
        [VERDICT_UNKNOWN] = 2,
        [VERDICT_UNCOVERED] = 3,
    };

    return gravities[verdict];
}

/* The gravest verdict stays, and of two alike the first. */
static void add_verdict(struct inquiry *inquiry, enum verdict verdict, const char *why,
                        const char *remedy)
{
    if (gravity(verdict) <= gravity(inquiry->prediction.verdict))
        return;
    inquiry->prediction.verdict = verdict;
    inquiry->prediction.why = why;
    inquiry->prediction.remedy = remedy;
}

/* ---- Can anything be preloaded? ---- */

static bool is_library(const struct object *object)
{
    return object->type == ET_DYN && !object->loader && !object->is_position_independent_program;
}

static void check_architecture(struct inquiry *inquiry)
{
    const char *error;
    struct object *shim = object_of(inquiry->shim, &error);

    if (shim &&
        (shim->machine != inquiry->object->machine || shim->class != inquiry->object->class))
        add_verdict(inquiry, VERDICT_UNCOVERED, "it is for another architecture than the shim",
                    "the shim built for that architecture");
    object_free(shim);
}

static void check_linkage(struct inquiry *inquiry)
{
    const struct object *object = inquiry->object;

    if (object->type != ET_EXEC && object->type != ET_DYN)
        add_verdict(inquiry, VERDICT_UNKNOWN, "it is neither a program nor a library", NULL);
    else if (is_library(object))
        add_verdict(inquiry, VERDICT_UNKNOWN, "it is a library, so that depends on the program",
                    NULL);
    else if (!object->loader)
        add_verdict(inquiry, VERDICT_UNCOVERED,
                    object->is_go
                        ? "it is static, so nothing can be preloaded; Go's own crypto does not "
                          "use OpenSSL"
                        : "it is static, so nothing can be preloaded",
                    "linking it dynamically");
    else if (!object->has_sections)
        add_verdict(inquiry, VERDICT_UNKNOWN, "its section headers have been stripped", NULL);
}

static void check_privilege(struct inquiry *inquiry, enum predict_for whom)
{
    enum privilege privilege = privilege_of(inquiry->object->path, whom == PREDICT_FOR_THIS_USER);

    if (privilege == PRIVILEGE_NONE)
        return;
    add_verdict(inquiry, VERDICT_UNCOVERED,
                privilege == PRIVILEGE_CAPABILITIES
                    ? "it has file capabilities, and the loader ignores LD_PRELOAD for it"
                    : "it is set-user-ID or set-group-ID, and the loader ignores LD_PRELOAD for it",
                "naming the shim in /etc/ld.so.preload");
}

/* ---- Where does its OpenSSL come from? ---- */

static void note_openssl(struct inquiry *inquiry, const struct object *object,
                         const struct object *needed_by)
{
    bool is_program = object == inquiry->object;

    if (object->exports_openssl && is_program)
        add_fact(&inquiry->prediction,
                 text_of("carries %s inside and exports it", version_of(object)));
    else if (object->exports_openssl && needed_by == inquiry->object)
        add_fact(&inquiry->prediction,
                 text_of("linked to %s: %s", object->path, version_of(object)));
    else if (object->exports_openssl)
        add_fact(&inquiry->prediction, text_of("linked to %s, through %s: %s", object->path,
                                               name_of(needed_by), version_of(object)));
    else if (object->has_generator)
        add_fact(&inquiry->prediction,
                 text_of("%s%s a copy of %s inside, and hides it", is_program ? "" : object->path,
                         is_program ? "has" : " has", version_of(object)));

    if (object->exports_openssl && object_takes_no_method(object))
        inquiry->closed++;
    else if (object->exports_openssl)
        inquiry->reached++;
    else if (object->has_generator)
        inquiry->hidden++;
}

/* Not what a library may load for its own ends, but what makes a program one that runs modules. */
static bool is_language(const struct object *object)
{
    static const char *const names[] = {"libpython", "libruby",  "libperl", "libphp", "liblua",
                                        "libtcl",    "libguile", "libjvm",  "libjli", "libnode"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(name_of(object), names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static bool may_load_by_name(const struct object *object)
{
    return object->names_libcrypto && !object->exports_openssl &&
           !object_needs(object, "libcrypto.so") && !object_needs(object, "libssl.so");
}

static void note_dlopen(struct inquiry *inquiry, const struct object *object)
{
    bool is_program = object == inquiry->object;

    if (!object->imports_dlopen)
        return;
    if (may_load_by_name(object))
        add_fact(
            &inquiry->prediction,
            text_of("%s names libcrypto or libssl, and can load it with dlopen", name_of(object)));
    else if (is_program || is_language(object))
        add_fact(&inquiry->prediction, text_of("%s can load modules with dlopen", name_of(object)));
    else
        return;
    add_verdict(inquiry, VERDICT_UNKNOWN, "what it loads shows only when it runs",
                "'osrandom status' while it runs; an OpenSSL that is loaded late is covered");
}

static void note_openssls(struct inquiry *inquiry)
{
    note_openssl(inquiry, inquiry->object, NULL);
    for (size_t i = 0; i < inquiry->libraries.count; i++)
        note_openssl(inquiry, inquiry->libraries.found[i].object,
                     inquiry->libraries.found[i].needed_by);
    if (inquiry->hidden)
        add_verdict(inquiry, VERDICT_UNCOVERED,
                    "a copy of OpenSSL that is hidden cannot be reached",
                    "linking it to the system's OpenSSL");
    if (inquiry->closed)
        add_verdict(inquiry, VERDICT_UNCOVERED, "BoringSSL and LibreSSL take no other generator",
                    NULL);
}

static void note_what_may_load_it(struct inquiry *inquiry)
{
    note_dlopen(inquiry, inquiry->object);
    for (size_t i = 0; i < inquiry->libraries.count; i++)
        note_dlopen(inquiry, inquiry->libraries.found[i].object);
    if (inquiry->prediction.why && inquiry->object->defines_getenv)
        add_fact(&inquiry->prediction,
                 text_of("defines getenv itself, so the shim notices an OpenSSL that is loaded "
                         "late only at its first draw"));
    if (inquiry->libraries.missing_count)
        add_verdict(inquiry, VERDICT_UNKNOWN, "not all of its libraries were found", NULL);
    add_verdict(inquiry, VERDICT_NOTHING, "there is no OpenSSL in it", NULL);
}

static void note_missing(struct inquiry *inquiry)
{
    for (size_t i = 0; i < inquiry->libraries.missing_count; i++)
        add_fact(&inquiry->prediction, text_of("%s was not found", inquiry->libraries.missing[i]));
}

struct prediction predict(const struct program *program, const char *shim, enum predict_for whom)
{
    const char *error;
    struct object *object =
        object_of(program->interpreter ? program->interpreter : program->path, &error);
    struct inquiry inquiry = {.program = program, .object = object, .shim = shim};

    if (program->interpreter)
        add_fact(&inquiry.prediction, text_of("run by %s", program->interpreter));
    if (!object) {
        add_verdict(&inquiry, VERDICT_UNKNOWN, error, NULL);
        return inquiry.prediction;
    }
    inquiry.libraries = libraries_of(object);
    if (shim)
        check_architecture(&inquiry);
    check_linkage(&inquiry);
    check_privilege(&inquiry, whom);
    note_openssls(&inquiry);
    note_missing(&inquiry);
    if (!inquiry.prediction.why && !inquiry.reached)
        note_what_may_load_it(&inquiry);
    libraries_free(&inquiry.libraries);
    object_free(object);
    return inquiry.prediction;
}

void prediction_free(struct prediction *prediction)
{
    for (size_t i = 0; i < prediction->fact_count; i++)
        free(prediction->facts[i]);
    free(prediction->facts);
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_COVERED] = "covered",
        [VERDICT_NOTHING] = "no OpenSSL",
        [VERDICT_UNKNOWN] = "cannot tell",
        [VERDICT_UNCOVERED] = "not covered",
    };

    return names[verdict];
}
