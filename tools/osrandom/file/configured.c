/*
 * See configured.h. What OpenSSL takes was tried on 3.0, 3.5, 3.6 and 4.0: tests/provider/closed.c.
 */
#include "configured.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "known.h"
#include "openssl_cnf.h"

/* What openssl.cnf says of random bytes. */
struct wishes {
    const struct cnf *cnf;
    const struct object *libcrypto;
    const struct configured_for *process;
    const char *doubt; /* a clause; NULL: all that matters is understood */

    unsigned int place;                      /* in the section that openssl_conf names */
    unsigned int random_at, providers_at;    /* 0: not there */
    const char *random, *properties, *serve; /* "random_provider" */
    const char *module_name;                 /* the provider's, as the file calls it */
    char *module;                            /* its file; NULL: none is activated */
    const char *module_lacks;                /* NULL: it loads */
    bool has_default, comes_first;           /* before "default", whose names it has too */
};

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static bool is_like_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(word, *words) == 0)
            return true;
    return false;
}

/* ---- Which OpenSSL ---- */

static bool has_version(const struct object *libcrypto, int *major, int *minor)
{
    return libcrypto->version && sscanf(libcrypto->version, "OpenSSL %d.%d.", major, minor) == 2;
}

static bool knows_random_provider(const struct object *libcrypto)
{
    int major = 0, minor = 0;

    return has_version(libcrypto, &major, &minor) && (major > 3 || minor >= 5);
}

static const char *environment(const struct wishes *wishes, const char *name)
{
    return wishes->process->is_secure ? NULL : getenv(name);
}

/* ---- Who may read ---- */

/* The file and the directories on the way to it. */
static bool is_open_to_all(const char *path)
{
    char real[PATH_MAX];
    struct stat status;

    if (!realpath(path, real) || stat(real, &status) != 0 || !(status.st_mode & S_IROTH))
        return false;
    for (char *slash = strrchr(real, '/'); slash && slash > real; slash = strrchr(real, '/')) {
        *slash = '\0';
        if (stat(real, &status) != 0 || !(status.st_mode & S_IXOTH))
            return false;
    }
    return true;
}

static bool may_read(const struct wishes *wishes, const char *path)
{
    return wishes->process->is_root || is_open_to_all(path);
}

static bool may_read_all(const struct wishes *wishes)
{
    for (size_t i = 0; i < wishes->cnf->file_count; i++)
        if (!may_read(wishes, wishes->cnf->files[i]))
            return false;
    return true;
}

/* ---- The provider ---- */

/* Where OpenSSL looks for a module: by its own path, or below a directory that was compiled in. */
static char *module_file(const struct wishes *wishes, const char *name, const char *module)
{
    const char *directory = environment(wishes, "OPENSSL_MODULES");
    char *file = module ? text_of("%s", module) : text_of("%s.so", name);
    char *path;

    if (*file == '/')
        return file;
    if (!directory)
        directory = wishes->libcrypto->modulesdir;
    path = directory ? text_of("%s/%s", directory, file) : NULL;
    free(file);
    return path;
}

static bool is_ours(const char *path)
{
    const struct object *module = known_object(path);

    return module && module->is_osrandom_module;
}

static const char *what_lacks(const struct wishes *wishes, const char *path)
{
    const struct object *module = known_object(path);

    if (access(path, F_OK) != 0)
        return "is not there";
    if (!module)
        return "cannot be read";
    if (module->machine != wishes->libcrypto->machine || module->class != wishes->libcrypto->class)
        return "is for another architecture";
    return module->is_osrandom_module ? NULL : "is not the provider";
}

/* The part behind a dot is what counts: "1.module" and "2.module" are two entries. */
static const char *behind_dot(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? dot + 1 : name;
}

static bool is_active(struct wishes *wishes, const char *value)
{
    static const char *const on[] = {"1", "yes", "YES", "true", "TRUE", "on", "ON", NULL};

    if (is_one_of(value, on))
        return true;
    /* 3.0 activates whatever the value, later ones do not */
    wishes->doubt = "'activate' has a value that not all versions take alike";
    return false;
}

static void note_provider(struct wishes *wishes, const char *name, const char *module)
{
    static const char *const inside[] = {"default", "base", "null", NULL};
    char *path;

    if (!module && is_one_of(name, inside)) {
        wishes->has_default |= strcmp(name, "default") == 0;
        return;
    }
    path = module_file(wishes, name, module);
    if (!path)
        wishes->doubt = "where it looks for modules is not known";
    else if (!wishes->module && (is_ours(path) || strcmp(name, "osrandom") == 0)) {
        wishes->module_name = name;
        wishes->module = path;
        wishes->module_lacks = what_lacks(wishes, path);
        wishes->comes_first = !wishes->has_default;
        return;
    } else if (!wishes->module && access(path, F_OK) != 0)
        wishes->doubt = "a provider in front of it has no module";
    free(path);
}

static void take_provider(struct wishes *wishes, const struct cnf_entry *provider)
{
    const char *name = behind_dot(provider->name), *module = NULL;
    bool active = false;

    if (!cnf_has_section(wishes->cnf, provider->value)) {
        wishes->doubt = "a provider's section is not there";
        return;
    }
    for (const struct cnf_entry *entry = NULL;
         (entry = cnf_next(wishes->cnf, provider->value, entry));) {
        const char *word = behind_dot(entry->name);

        if (strcmp(word, "identity") == 0)
            name = entry->value;
        else if (strcmp(word, "module") == 0)
            module = entry->value;
        else if (strcmp(word, "activate") == 0)
            active = is_active(wishes, entry->value);
    }
    if (active)
        note_provider(wishes, name, module);
}

static void take_providers(struct wishes *wishes, const char *section)
{
    wishes->providers_at = wishes->place;
    if (!cnf_has_section(wishes->cnf, section))
        wishes->doubt = "the section of its providers is not there";
    for (const struct cnf_entry *entry = NULL; (entry = cnf_next(wishes->cnf, section, entry));)
        take_provider(wishes, entry);
}

/* ---- The generator ---- */

static void take_random(struct wishes *wishes, const char *section)
{
    static const char *const passed_on[] = {"cipher", "digest", NULL};

    wishes->random_at = wishes->place;
    if (!cnf_has_section(wishes->cnf, section))
        wishes->doubt = "the section that 'random' names is not there";
    for (const struct cnf_entry *entry = NULL; (entry = cnf_next(wishes->cnf, section, entry));) {
        if (strcasecmp(entry->name, "random") == 0)
            wishes->random = entry->value;
        else if (strcasecmp(entry->name, "properties") == 0)
            wishes->properties = entry->value;
        else if (strcasecmp(entry->name, "random_provider") == 0)
            wishes->serve = entry->value;
        else if (!is_like_one_of(entry->name, passed_on))
            wishes->doubt = "the section that 'random' names has more in it";
    }
}

/* ---- The rest of that section ---- */

/* A list of sections that must be there, or all behind it is not read. */
static void take_ssl(struct wishes *wishes, const char *section)
{
    bool has_any = false;

    for (const struct cnf_entry *entry = NULL; (entry = cnf_next(wishes->cnf, section, entry));) {
        has_any = true;
        if (!cnf_has_section(wishes->cnf, entry->value))
            wishes->doubt = "a section of 'ssl_conf' is not there";
    }
    if (!has_any)
        wishes->doubt = "the section of 'ssl_conf' is not there";
}

static void take_algorithms(struct wishes *wishes, const char *section)
{
    if (!cnf_has_section(wishes->cnf, section) || cnf_next(wishes->cnf, section, NULL))
        wishes->doubt = "'alg_section' may ask for other algorithms";
}

static void take_entry(struct wishes *wishes, const struct cnf_entry *entry)
{
    wishes->place++;
    if (strcmp(entry->name, "random") == 0)
        take_random(wishes, entry->value);
    else if (strcmp(entry->name, "providers") == 0)
        take_providers(wishes, entry->value);
    else if (strcmp(entry->name, "ssl_conf") == 0)
        take_ssl(wishes, entry->value);
    else if (strcmp(entry->name, "alg_section") == 0)
        take_algorithms(wishes, entry->value);
    else
        wishes->doubt = "beside 'random' and 'providers' stands what may fail, or change it";
}

/* ---- What follows ---- */

static bool is_property(const char *properties, const char *wanted)
{
    for (; *properties; properties++) {
        if (*properties == ' ' || *properties == '\t')
            continue;
        if (*properties != *wanted++)
            return false;
    }
    return !*wanted;
}

static const char *const names[] = {"OSRANDOM",  "CTR-DRBG", "HASH-DRBG",
                                    "HMAC-DRBG", "SEED-SRC", NULL};

/* Where the module is missing, it is an error. */
static bool is_closed(const struct wishes *wishes)
{
    return (wishes->random && strcasecmp(wishes->random, "OSRANDOM") == 0) ||
           (wishes->properties && is_property(wishes->properties, "provider=osrandom"));
}

/* By what both have. */
static bool asks_for_either(const struct wishes *wishes)
{
    return (!wishes->random || is_like_one_of(wishes->random, names)) &&
           (!wishes->properties || is_property(wishes->properties, ""));
}

static bool asks_for_ours(const struct wishes *wishes)
{
    const char *properties = wishes->properties ? wishes->properties : "";
    bool is_named = is_property(properties, "provider=osrandom") ||
                    is_property(properties, "?provider=osrandom");

    if (is_named)
        return !wishes->random || is_like_one_of(wishes->random, names);
    return is_property(properties, "") && wishes->random &&
           strcasecmp(wishes->random, "OSRANDOM") == 0;
}

/* Before 3.5 a "random_provider" is an error, and what comes behind it is not read; from then on it
 * has to come before its provider. */
static bool holds_its_order(const struct wishes *wishes)
{
    bool random_first = wishes->random_at < wishes->providers_at;

    return !wishes->serve || random_first == knows_random_provider(wishes->libcrypto);
}

static enum configured not_drawn_from(const char *file, const char *why, char **fact)
{
    *fact =
        text_of("%s mentions the provider, and leaves OpenSSL its own generator: %s", file, why);
    return CONFIGURED_NOT;
}

static enum configured fails(const struct wishes *wishes, const char *file, char **fact)
{
    if (wishes->module)
        *fact =
            text_of("%s has it draw from the provider, whose module %s %s: without the shim its "
                    "draws fail",
                    file, wishes->module, wishes->module_lacks);
    else
        *fact = text_of("%s has it draw from the provider, and does not activate it: without the "
                        "shim its draws fail",
                        file);
    return CONFIGURED_FAILS;
}

static enum configured conclude(struct wishes *wishes, const char *file, char **fact)
{
    bool loads = wishes->module && !wishes->module_lacks;

    if (!asks_for_ours(wishes) && asks_for_either(wishes) && loads && wishes->comes_first) {
        wishes->doubt = "'random = OSRANDOM' is missing, and the provider comes before 'default'";
        return CONFIGURED_UNKNOWN;
    }
    if (!asks_for_ours(wishes))
        return not_drawn_from(file,
                              wishes->serve
                                  ? "'random = OSRANDOM' is missing, which 'random_provider' does "
                                    "not replace"
                                  : "'random = OSRANDOM' is missing",
                              fact);
    if (!loads && is_closed(wishes))
        return fails(wishes, file, fact);
    if (!loads)
        return not_drawn_from(file, "its module does not load, and it is not insisted on", fact);
    if (wishes->serve && strcmp(wishes->serve, wishes->module_name) != 0) {
        wishes->doubt = "'random_provider' is another one";
        return CONFIGURED_UNKNOWN;
    }
    if (!holds_its_order(wishes)) {
        *fact =
            text_of("%s has 'random_provider' where this OpenSSL takes it for an error: without "
                    "the shim its draws fail",
                    file);
        return CONFIGURED_FAILS;
    }
    *fact = text_of("%s has it draw from the provider %s", file, wishes->module);
    return CONFIGURED_SERVES;
}

static enum configured judge(struct wishes *wishes, const char *file, char **fact)
{
    const char *start = cnf_value(wishes->cnf, "default", "openssl_conf");

    if (!wishes->doubt && !may_read_all(wishes))
        wishes->doubt = "not everyone may read it";
    if (!wishes->doubt && (!start || !cnf_has_section(wishes->cnf, start)))
        return not_drawn_from(file, "'openssl_conf' does not lead to it", fact);
    for (const struct cnf_entry *entry = NULL;
         !wishes->doubt && (entry = cnf_next(wishes->cnf, start, entry));)
        take_entry(wishes, entry);
    if (!wishes->doubt && wishes->module && !wishes->module_lacks &&
        !may_read(wishes, wishes->module))
        wishes->doubt = "not everyone may read its module";
    return wishes->doubt ? CONFIGURED_UNKNOWN : conclude(wishes, file, fact);
}

/* As people know it: Debian's lies behind a link. */
static char *place_of(const char *file)
{
    char real[PATH_MAX];

    return text_of("%s", realpath(file, real) ? real : file);
}

static enum configured look(struct wishes *wishes, const char *file, char **fact)
{
    enum configured answer;
    char *place;

    if (!wishes->cnf->says_osrandom && wishes->cnf->is_whole)
        return CONFIGURED_NOT;
    place = place_of(file);
    wishes->doubt = wishes->cnf->doubt;
    answer = judge(wishes, place, fact);
    if (answer == CONFIGURED_UNKNOWN)
        *fact = text_of("whether %s has it draw from the provider cannot be told: %s", place,
                        wishes->doubt);
    free(wishes->module);
    free(place);
    return answer;
}

enum configured configured(const struct object *libcrypto, const struct configured_for *process,
                           char **fact)
{
    struct wishes wishes = {.libcrypto = libcrypto, .process = process};
    const char *chosen = environment(&wishes, "OPENSSL_CONF");
    enum configured answer = CONFIGURED_NOT;
    int major = 0, minor = 0;
    struct cnf *cnf;
    char *file;

    *fact = NULL;
    if (!has_version(libcrypto, &major, &minor) || major < 3 ||
        (!chosen && !libcrypto->openssldir) || (chosen && !*chosen))
        return CONFIGURED_NOT;
    file = chosen ? text_of("%s", chosen) : text_of("%s/openssl.cnf", libcrypto->openssldir);
    cnf = cnf_read(file);
    wishes.cnf = cnf;
    answer = look(&wishes, file, fact);
    cnf_free(cnf);
    free(file);
    return answer;
}
