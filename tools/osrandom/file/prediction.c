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

struct case_at_hand {
    const struct program *program;
    const struct object *object;
    const char *shim;
    struct libraries libraries;
    struct judgement judgement;
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

static void add_fact(struct judgement *judgement, char *fact)
{
    judgement->facts = grown(judgement->facts, judgement->fact_count, sizeof(*judgement->facts));
    judgement->facts[judgement->fact_count++] = fact;
}

/* The gravest verdict stays. */
static void rule(struct case_at_hand *matter, enum verdict verdict, const char *why,
                 const char *remedy)
{
    if (verdict <= matter->judgement.verdict && matter->judgement.why)
        return;
    matter->judgement.verdict = verdict;
    matter->judgement.why = why;
    matter->judgement.remedy = remedy;
}

/* ---- Can anything be preloaded? ---- */

static bool is_library(const struct object *object)
{
    return object->type == ET_DYN && !object->loader && !object->is_position_independent_program;
}

static void judge_architecture(struct case_at_hand *matter)
{
    const char *error;
    struct object *shim = object_read(matter->shim, &error);

    if (shim && (shim->machine != matter->object->machine || shim->class != matter->object->class))
        rule(matter, VERDICT_UNCOVERED, "it is for another architecture than the shim",
             "the shim built for that architecture");
    object_free(shim);
}

static void judge_linkage(struct case_at_hand *matter)
{
    const struct object *object = matter->object;

    if (object->type != ET_EXEC && object->type != ET_DYN)
        rule(matter, VERDICT_UNKNOWN, "it is neither a program nor a library", NULL);
    else if (is_library(object))
        rule(matter, VERDICT_UNKNOWN, "it is a library, so that depends on the program", NULL);
    else if (!object->loader)
        rule(matter, VERDICT_UNCOVERED,
             object->is_go ? "it is static, so nothing can be preloaded; Go's own crypto does not "
                             "use OpenSSL"
                           : "it is static, so nothing can be preloaded",
             "linking it dynamically");
    else if (!object->has_sections)
        rule(matter, VERDICT_UNKNOWN, "its section headers have been stripped", NULL);
}

static void judge_privilege(struct case_at_hand *matter, enum judge_for whom)
{
    enum privilege privilege = privilege_of(matter->object->path, whom == JUDGE_FOR_THIS_USER);

    if (privilege == PRIVILEGE_NONE)
        return;
    rule(matter, VERDICT_UNCOVERED,
         privilege == PRIVILEGE_CAPABILITIES
             ? "it has file capabilities, and the loader ignores LD_PRELOAD for it"
             : "it is set-user-ID or set-group-ID, and the loader ignores LD_PRELOAD for it",
         "naming the shim in /etc/ld.so.preload");
}

/* ---- Where does its OpenSSL come from? ---- */

static void look_at(struct case_at_hand *matter, const struct object *object,
                    const struct object *needed_by)
{
    bool is_program = object == matter->object;

    if (object->exports_openssl && is_program)
        add_fact(&matter->judgement,
                 text_of("carries %s inside and exports it", version_of(object)));
    else if (object->exports_openssl && needed_by == matter->object)
        add_fact(&matter->judgement, text_of("linked to %s: %s", object->path, version_of(object)));
    else if (object->exports_openssl)
        add_fact(&matter->judgement, text_of("linked to %s, through %s: %s", object->path,
                                             name_of(needed_by), version_of(object)));
    else if (object->has_generator)
        add_fact(&matter->judgement,
                 text_of("%s%s a copy of %s inside, and hides it", is_program ? "" : object->path,
                         is_program ? "has" : " has", version_of(object)));

    if (object->exports_openssl && object_takes_no_method(object))
        matter->closed++;
    else if (object->exports_openssl)
        matter->reached++;
    else if (object->has_generator)
        matter->hidden++;
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

static void look_for_dlopen(struct case_at_hand *matter, const struct object *object)
{
    bool is_program = object == matter->object;

    if (!object->imports_dlopen)
        return;
    if (may_load_by_name(object))
        add_fact(
            &matter->judgement,
            text_of("%s names libcrypto or libssl, and can load it with dlopen", name_of(object)));
    else if (is_program || is_language(object))
        add_fact(&matter->judgement, text_of("%s can load modules with dlopen", name_of(object)));
    else
        return;
    rule(matter, VERDICT_UNKNOWN, "what it loads shows only when it runs",
         "'osrandom status' while it runs; an OpenSSL that is loaded late is covered");
}

static void look_at_all(struct case_at_hand *matter)
{
    look_at(matter, matter->object, NULL);
    for (size_t i = 0; i < matter->libraries.count; i++)
        look_at(matter, matter->libraries.found[i].object, matter->libraries.found[i].needed_by);
    if (matter->hidden)
        rule(matter, VERDICT_UNCOVERED, "a copy of OpenSSL that is hidden cannot be reached",
             "linking it to the system's OpenSSL");
    if (matter->closed)
        rule(matter, VERDICT_UNCOVERED, "BoringSSL and LibreSSL take no other generator", NULL);
}

static void look_for_more(struct case_at_hand *matter)
{
    look_for_dlopen(matter, matter->object);
    for (size_t i = 0; i < matter->libraries.count; i++)
        look_for_dlopen(matter, matter->libraries.found[i].object);
    if (matter->judgement.why && matter->object->defines_getenv)
        add_fact(&matter->judgement,
                 text_of("defines getenv itself, so the shim notices an OpenSSL that is loaded "
                         "late only at its first draw"));
    if (matter->libraries.missing_count)
        rule(matter, VERDICT_UNKNOWN, "not all of its libraries were found", NULL);
    rule(matter, VERDICT_NOTHING, "there is no OpenSSL in it", NULL);
}

static void note_missing(struct case_at_hand *matter)
{
    for (size_t i = 0; i < matter->libraries.missing_count; i++)
        add_fact(&matter->judgement, text_of("%s was not found", matter->libraries.missing[i]));
}

struct judgement judge(const struct program *program, const char *shim, enum judge_for whom)
{
    const char *error;
    struct object *object =
        object_read(program->interpreter ? program->interpreter : program->path, &error);
    struct case_at_hand matter = {.program = program, .object = object, .shim = shim};

    if (program->interpreter)
        add_fact(&matter.judgement, text_of("run by %s", program->interpreter));
    if (!object) {
        rule(&matter, VERDICT_UNKNOWN, error, NULL);
        return matter.judgement;
    }
    matter.libraries = libraries_of(object);
    if (shim)
        judge_architecture(&matter);
    judge_linkage(&matter);
    judge_privilege(&matter, whom);
    look_at_all(&matter);
    note_missing(&matter);
    if (!matter.judgement.why && !matter.reached)
        look_for_more(&matter);
    libraries_free(&matter.libraries);
    object_free(object);
    return matter.judgement;
}

void judgement_free(struct judgement *judgement)
{
    for (size_t i = 0; i < judgement->fact_count; i++)
        free(judgement->facts[i]);
    free(judgement->facts);
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"covered", "no OpenSSL", "cannot tell", "not covered"};

    return names[verdict];
}
