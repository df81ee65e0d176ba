/*
 * See prediction.h. First whether anything can be preloaded into the program, then where its
 * OpenSSL comes from.
 */
#include "prediction.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "configured.h"
#include "libraries.h"
#include "loads.h"
#include "machine_rules.h"
#include "preset.h"
#include "privilege.h"
#include "rules.h"
#include "starters.h"

/* What is known of a program so far. */
struct inquiry {
    const struct program *program;
    const struct object *object;
    const char *shim;
    enum preset preset;
    struct libraries libraries;
    struct prediction prediction;
    unsigned int reached;            /* OpenSSLs that the shim will pin */
    unsigned int guarded;            /* copies without symbols, in libraries */
    unsigned int unguarded;          /* the same in the program itself, or not noticed */
    unsigned int closed;             /* those that take no method */
    unsigned int provided;           /* those that draw from the provider without the shim */
    unsigned int failing;            /* or would, if it loaded */
    unsigned int unsure;             /* of which that cannot be told */
    const char *barred, *bar_remedy; /* why nothing can be preloaded; NULL: it can */
    struct configured_for process;
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
        [VERDICT_COVERED] = 0, [VERDICT_PROVIDER] = 1, [VERDICT_NOTHING] = 2,
        [VERDICT_UNKNOWN] = 3, [VERDICT_GUARDED] = 4,  [VERDICT_UNCOVERED] = 5,
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

/* The first reason stays. What it comes to shows when its OpenSSLs are known: the provider may
 * serve them. */
static void bar(struct inquiry *inquiry, const char *why, const char *remedy)
{
    if (inquiry->barred)
        return;
    inquiry->barred = why;
    inquiry->bar_remedy = remedy;
}

static void check_architecture(struct inquiry *inquiry)
{
    const char *error;
    struct object *shim;

    if (inquiry->preset >= PRESET_BY_NAME || !inquiry->shim) /* which fits */
        return;
    shim = object_of(inquiry->shim, &error);
    if (shim &&
        (shim->machine != inquiry->object->machine || shim->class != inquiry->object->class))
        bar(inquiry, "it is for another architecture than the shim",
            "the shim built for that architecture, and '/usr/$LIB/libosrandom_preload.so', "
            "which stands for each program's own");
    object_free(shim);
}

static bool is_loader_missing(const struct object *object)
{
    return object->loader && access(object->loader, F_OK) != 0;
}

static void check_linkage(struct inquiry *inquiry)
{
    const struct object *object = inquiry->object;

    if (object->type != ET_EXEC && object->type != ET_DYN)
        add_verdict(inquiry, VERDICT_UNKNOWN, "it is neither a program nor a library", NULL);
    else if (!object->loader && !is_library(object))
        add_verdict(inquiry, VERDICT_UNCOVERED,
                    object->is_go
                        ? "it is static, so nothing can be preloaded; Go's own crypto does not "
                          "use OpenSSL"
                        : "it is static, so nothing can be preloaded",
                    "linking it dynamically");
    else if (!object->has_sections)
        add_verdict(inquiry, VERDICT_UNKNOWN, "its section headers have been stripped", NULL);
    else if (is_loader_missing(object))
        add_verdict(inquiry, VERDICT_UNKNOWN,
                    "its loader, and so the place of its libraries, is missing", NULL);
}

/* Set-user-ID, and root's. */
static bool is_roots(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && (status.st_mode & S_ISUID) && status.st_uid == 0;
}

static void check_privilege(struct inquiry *inquiry, enum predict_for whom)
{
    enum privilege privilege = privilege_of(inquiry->object->path, whom == PREDICT_FOR_THIS_USER);

    inquiry->process.is_secure = privilege != PRIVILEGE_NONE;
    inquiry->process.is_root = privilege == PRIVILEGE_NONE
                                   ? whom == PREDICT_FOR_THIS_USER && geteuid() == 0
                                   : is_roots(inquiry->object->path);
    if (privilege == PRIVILEGE_NONE || is_library(inquiry->object))
        return;
    if (inquiry->preset == PRESET_HONOURED)
        return;
    if (inquiry->preset == PRESET_BY_NAME)
        bar(inquiry,
            "it is started with more rights, and the loader then refuses the bare name in "
            "/etc/ld.so.preload",
            "'/usr/$LIB/libosrandom_preload.so', or the full path, in /etc/ld.so.preload");
    else
        bar(inquiry,
            privilege == PRIVILEGE_CAPABILITIES
                ? "it has file capabilities, and the loader ignores LD_PRELOAD for it"
                : "it is set-user-ID or set-group-ID, and the loader ignores LD_PRELOAD for it",
            "naming the shim in /etc/ld.so.preload");
}

static void check_preload(struct inquiry *inquiry)
{
    if (inquiry->preset >= PRESET_BY_NAME)
        add_fact(&inquiry->prediction, text_of("/etc/ld.so.preload names the shim already"));
    else if (inquiry->preset == PRESET_UNFIT)
        add_fact(&inquiry->prediction,
                 text_of("/etc/ld.so.preload names a shim that its loader cannot load"));
    if (inquiry->program->takes_preload_away && inquiry->preset < PRESET_BY_NAME)
        add_verdict(inquiry, VERDICT_UNCOVERED, "its #! line takes LD_PRELOAD away",
                    "naming the shim in /etc/ld.so.preload");
}

/* ---- Where does its OpenSSL come from? ---- */

/* Another of two alike libraries says nothing new. */
static void add_new_fact(struct prediction *prediction, char *fact)
{
    for (size_t i = 0; i < prediction->fact_count; i++)
        if (strcmp(prediction->facts[i], fact) == 0) {
            free(fact);
            return;
        }
    add_fact(prediction, fact);
}

static void note_configured(struct inquiry *inquiry, const struct object *object)
{
    char *fact;
    enum configured answer = configured(object, &inquiry->process, &fact);

    inquiry->provided += answer == CONFIGURED_SERVES;
    inquiry->failing += answer == CONFIGURED_FAILS;
    inquiry->unsure += answer == CONFIGURED_UNKNOWN;
    if (fact)
        add_new_fact(&inquiry->prediction, fact);
}

static void note_exported(struct inquiry *inquiry, const struct object *object,
                          const struct object *needed_by)
{
    const char *version = version_of(object);

    if (object == inquiry->object)
        add_fact(&inquiry->prediction, text_of("carries %s inside and exports it", version));
    else if (needed_by == inquiry->object)
        add_fact(&inquiry->prediction, text_of("linked to %s: %s", object->path, version));
    else
        add_fact(&inquiry->prediction, text_of("linked to %s, through %s: %s", object->path,
                                               name_of(needed_by), version));
    if (object_takes_no_method(object))
        inquiry->closed++;
    else
        inquiry->reached++;
    if (object != inquiry->object)
        note_configured(inquiry, object);
}

static void note_hidden(struct inquiry *inquiry, const struct object *object, enum inside inside)
{
    bool is_program = object == inquiry->object && !is_library(object);
    const char *how = is_program && !object->loader ? "no shim can be loaded beside it"
                      : inside == INSIDE_SYMBOLS    ? "its symbols are known, so that it is pinned"
                      : inside == INSIDE_STRIPPED && object->is_provider
                          ? "a provider keeps its own generator"
                      : inside == INSIDE_STRIPPED ? "it has no symbols"
                                                  : "it does not show when it starts";

    add_fact(&inquiry->prediction,
             text_of("%s%s a copy of %s inside, and hides it; %s",
                     object == inquiry->object ? "" : object->path,
                     object == inquiry->object ? "has" : " has", version_of(object), how));
    if (inside == INSIDE_SYMBOLS)
        inquiry->reached++;
    else if (inside == INSIDE_STRIPPED && !is_program)
        inquiry->guarded++;
    else
        inquiry->unguarded++;
}

static void note_openssl(struct inquiry *inquiry, const struct object *object,
                         const struct object *needed_by)
{
    enum inside inside = object_inside(object);

    if (inside == INSIDE_EXPORTED)
        note_exported(inquiry, object, needed_by);
    else if (inside != INSIDE_NONE)
        note_hidden(inquiry, object, inside);
    else if (object->is_boringssl)
        add_fact(&inquiry->prediction,
                 text_of("%s%s %s inside, which is left alone",
                         object == inquiry->object ? "" : object->path,
                         object == inquiry->object ? "has" : " has", object->version));
}

/* ---- Where nothing can be preloaded ---- */

static bool is_openssls(const struct object *object)
{
    return object->exports_openssl || strncmp(name_of(object), "libssl.", strlen("libssl.")) == 0;
}

/* Of whom the configuration does not tell all. */
static bool goes_ways_of_its_own(const struct inquiry *inquiry)
{
    bool goes = inquiry->object->imports_generators || inquiry->object->names_nodejs;

    for (size_t i = 0; i < inquiry->libraries.count; i++) {
        const struct object *object = inquiry->libraries.found[i].object;

        goes |= !is_openssls(object) && (object->imports_generators || object->names_nodejs);
    }
    return goes;
}

static void conclude_barred(struct inquiry *inquiry)
{
    unsigned int others = inquiry->closed + inquiry->guarded + inquiry->unguarded;

    if (!inquiry->barred)
        return;
    if (others == 0 && inquiry->provided > 0 && inquiry->provided == inquiry->reached) {
        add_verdict(inquiry, VERDICT_PROVIDER, inquiry->barred, NULL);
        if (goes_ways_of_its_own(inquiry))
            add_verdict(inquiry, VERDICT_UNKNOWN,
                        "the provider serves it but for contexts and generators that it may make "
                        "itself, or a configuration that it may not read",
                        inquiry->bar_remedy);
    } else if (inquiry->failing) {
        add_verdict(inquiry, VERDICT_UNCOVERED,
                    "nothing can be preloaded into it, and the provider that it is to draw from "
                    "does not load: its draws fail",
                    "the module where openssl.cnf has it, or openssl.cnf without it");
    } else if (inquiry->unsure && inquiry->provided + inquiry->unsure == inquiry->reached) {
        add_verdict(
            inquiry, VERDICT_UNKNOWN,
            "nothing can be preloaded into it, and whether openssl.cnf has it draw from the "
            "provider cannot be told",
            inquiry->bar_remedy);
    } else {
        add_verdict(inquiry, VERDICT_UNCOVERED, inquiry->barred, inquiry->bar_remedy);
    }
}

static void note_openssls(struct inquiry *inquiry)
{
    static const char helps[] = "its debug symbols below /usr/lib/debug, a build that keeps its "
                                "symbols, or one that is linked to the system's OpenSSL";

    note_openssl(inquiry, inquiry->object, NULL);
    for (size_t i = 0; i < inquiry->libraries.count; i++)
        note_openssl(inquiry, inquiry->libraries.found[i].object,
                     inquiry->libraries.found[i].needed_by);
    conclude_barred(inquiry);
    if (inquiry->unguarded)
        add_verdict(inquiry, VERDICT_UNCOVERED,
                    "a copy of OpenSSL that is hidden cannot be reached", helps);
    if (inquiry->closed)
        add_verdict(inquiry, VERDICT_UNCOVERED,
                    "BoringSSL, AWS-LC and LibreSSL take no other generator", NULL);
    if (inquiry->guarded)
        add_verdict(
            inquiry, VERDICT_GUARDED,
            "a copy of OpenSSL that is hidden keeps its own generator, made to notice forks",
            helps);
}

/* ---- What may come later ---- */

static void note_loads(struct inquiry *inquiry)
{
    struct loads loads = loads_of(inquiry->object, &inquiry->libraries);
    bool may_change =
        inquiry->reached ? loads.known > BRINGS_OPENSSL : loads.known > BRINGS_NOTHING;

    for (size_t i = 0; i < loads.fact_count; i++)
        add_fact(&inquiry->prediction, loads.facts[i]);
    free(loads.facts);
    if (inquiry->object->names_libcrypto && !inquiry->reached && !loads.fact_count)
        add_fact(&inquiry->prediction,
                 text_of("%s names libcrypto or libssl", name_of(inquiry->object)));
    else if (!loads.unknown_modules && !may_change)
        return;
    if ((loads.unknown_modules || !inquiry->reached) && inquiry->object->defines_getenv)
        add_fact(&inquiry->prediction,
                 text_of("defines getenv itself, so the shim notices an OpenSSL that is loaded "
                         "late only at its first draw"));
    add_verdict(inquiry, VERDICT_UNKNOWN,
                inquiry->reached ? "it is covered as far as it is linked; what it loads as modules "
                                   "shows only when it runs"
                                 : "what it loads shows only when it runs",
                "'osrandom explain' of its modules, 'osrandom status' while it runs; an OpenSSL "
                "that is loaded late is covered");
}

/* Of what is covered this is no matter: it tells of the program itself. */
static void note_started(struct inquiry *inquiry)
{
    const struct object *object = inquiry->object;

    if (is_starter(object) || (!inquiry->reached && becomes_another(object)))
        add_verdict(inquiry, VERDICT_UNKNOWN,
                    "it starts other programs, and may take LD_PRELOAD from them",
                    "'osrandom explain' of what it starts");
    else if (inquiry->program->interpreter && !inquiry->reached)
        add_verdict(inquiry, VERDICT_UNKNOWN, "what a script starts shows only when it runs",
                    "'osrandom explain' of what it starts");
}

static void note_what_may_come(struct inquiry *inquiry)
{
    note_started(inquiry);
    note_loads(inquiry);
    if (inquiry->libraries.missing_count)
        add_verdict(inquiry, VERDICT_UNKNOWN, "not all of its libraries were found", NULL);
    if (inquiry->libraries.is_cut)
        add_verdict(inquiry, VERDICT_UNKNOWN, "it has too many libraries", NULL);
    if (!inquiry->reached)
        add_verdict(inquiry, VERDICT_NOTHING, "there is no OpenSSL in it", NULL);
}

static void note_missing(struct inquiry *inquiry)
{
    for (size_t i = 0; i < inquiry->libraries.missing_count; i++)
        add_fact(&inquiry->prediction, text_of("%s was not found", inquiry->libraries.missing[i]));
}

/* ---- The mode that the shim will be in ---- */

/* NULL if the environment says nothing that the shim understands; it is not asked by programs that
 * are started with more rights. */
static const char *mode_of_environment(const struct inquiry *inquiry, enum predict_for whom)
{
    const char *value = getenv("OSRANDOM_MODE");

    if (whom != PREDICT_FOR_THIS_USER || !value || !*value ||
        privilege_of(inquiry->object->path, true) != PRIVILEGE_NONE)
        return NULL;
    /* What it does not know the shim takes for the first. */
    return setting_position(setting_words[SETTING_MODE].accepted, value) < 0 ? "activate" : value;
}

/* It leaves no trace where the shim does not come. */
static void check_mode(struct inquiry *inquiry, enum predict_for whom)
{
    const struct machine_mode rule = machine_mode_of(inquiry->object->path);
    const char *environment = rule.is_final ? NULL : mode_of_environment(inquiry, whom);
    const char *mode = environment ? environment : rule.line ? rule.word : "activate";
    char *trouble = machine_rules_trouble();
    static char why[128]; /* good until the next prediction */

    if (trouble)
        add_fact(&inquiry->prediction, text_of(MACHINE_RULES " is not used: %s", trouble));
    free(trouble);
    if (strcmp(mode, "activate") == 0 || is_library(inquiry->object) ||
        inquiry->prediction.verdict == VERDICT_NOTHING ||
        inquiry->prediction.verdict == VERDICT_PROVIDER)
        return;
    if (environment)
        snprintf(why, sizeof(why), "OSRANDOM_MODE=%s", mode);
    else
        snprintf(why, sizeof(why), MACHINE_RULES " line %u says mode=%s", rule.line, mode);
    add_verdict(inquiry, strcmp(mode, "reseed") == 0 ? VERDICT_GUARDED : VERDICT_UNCOVERED, why,
                environment ? "another mode" : "another mode in that line");
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
    inquiry.preset = preset_of(object);
    check_architecture(&inquiry);
    check_linkage(&inquiry);
    check_privilege(&inquiry, whom);
    check_preload(&inquiry);
    note_openssls(&inquiry);
    note_missing(&inquiry);
    if (gravity(inquiry.prediction.verdict) <= gravity(VERDICT_PROVIDER))
        note_what_may_come(&inquiry);
    check_mode(&inquiry, whom);
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
        [VERDICT_COVERED] = "covered",    [VERDICT_PROVIDER] = "covered by the provider",
        [VERDICT_NOTHING] = "no OpenSSL", [VERDICT_UNKNOWN] = "cannot tell",
        [VERDICT_GUARDED] = "guarded",    [VERDICT_UNCOVERED] = "not covered",
    };

    return names[verdict];
}

const char *verdict_word(enum verdict verdict)
{
    static const char *const words[] = {
        [VERDICT_COVERED] = "covered",    [VERDICT_PROVIDER] = "provider",
        [VERDICT_NOTHING] = "no-openssl", [VERDICT_UNKNOWN] = "unknown",
        [VERDICT_GUARDED] = "guarded",    [VERDICT_UNCOVERED] = "uncovered",
    };

    return words[verdict];
}
