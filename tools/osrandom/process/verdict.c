/*
 * See verdict.h. A block in memory can be forged, so "covered" is called self-reported unless the
 * shim in memory is the one that we know, and is at work: see proof.h, loader_list.h, and struct
 * block_openssl.
 */
#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "absence.h"
#include "loader_list.h"
#include "proof.h"
#include "trail.h"

static bool knows_shim, knows_module;

void verdict_start(const char *shim, const char *module)
{
    knows_shim = proof_start(PROOF_SHIM, shim);
    knows_module = proof_start(PROOF_MODULE, module);
}

void verdict_say(struct look *look, enum look_state state, const char *why)
{
    look->state = state;
    snprintf(look->why, sizeof(look->why), "%s", why);
}

/* ---- Is the shim at work? ---- */

/* A block in memory can be written by anyone: what only a shim has that is loaded and pinned is
 * looked at besides. NULL if it is all there. */
static const char *why_not_at_work(const struct findings *findings, struct process *process)
{
    const char *wrong;

    if (proof_is_same_build(PROOF_SHIM, &findings->status)) {
        wrong = proof_fails(PROOF_SHIM, process, &findings->status);
        trail_note("  its code and pointers in memory: %s",
                   wrong ? wrong : "those of the shim that is known here");
        if (wrong)
            return wrong;
    }
    if (loader_lists(process, findings->status.dynamic) == NOT_LISTED)
        return "the loader knows of no such shim as it shows";
    for (size_t i = 0; i < findings->status.openssl_count; i++)
        if (findings->status.openssl[i].pin == PIN_HELD &&
            findings->status.openssl[i].method == BLOCK_METHOD_FALSE)
            return "where its shim says that OpenSSL keeps its method, it does not";
    return NULL;
}

/* Only of one that is at work. NULL if we can vouch for it. */
static const char *why_self_reported(const struct findings *findings, struct process *process)
{
    const struct block *status = &findings->status;

    if (!knows_shim)
        return "self-reported: there is no shim here to compare with";
    if (!proof_is_same_build(PROOF_SHIM, status))
        return status->word == sizeof(void *)
                   ? "self-reported: its shim is another build"
                   : "self-reported: its shim is another build, of another word size";
    if (loader_lists(process, status->dynamic) != LISTED)
        return "self-reported: the loader's list of objects cannot be read";
    for (size_t i = 0; i < status->openssl_count; i++)
        if (status->openssl[i].pin == PIN_HELD && status->openssl[i].method == BLOCK_METHOD_UNKNOWN)
            return "self-reported: where OpenSSL keeps its method is not known";
    return findings->unread ? "self-reported: some of its files are not read" : NULL;
}

/* ---- Is the provider? ---- */

static bool is_module(struct process *process, const struct block *module)
{
    return !proof_is_same_build(PROOF_MODULE, module) ||
           !proof_fails(PROOF_MODULE, process, module);
}

static void note_provider(const struct block_provider *provider, bool is_listed, bool is_it)
{
    trail_note("  the provider's module at %" PRIx64 " is %s%s", provider->module.shim.base,
               provider->module.shim.path,
               provider->module.shim.deleted ? ", deleted or replaced since" : "");
    trail_note("  its build is %sthe one that is known here",
               proof_is_same_build(PROOF_MODULE, &provider->module) ? "" : "not ");
    if (!is_listed)
        trail_note("  the loader's list of objects does not have it: it is passed over");
    if (!is_it)
        trail_note("  its code and pointers in memory are other ones: it is passed over");
    for (size_t i = 0; i < provider->openssl_count; i++)
        trail_note("  the OpenSSL at %" PRIx64 " has loaded it, and has %sdrawn from it",
                   provider->openssl[i].base, provider->openssl[i].has_drawn ? "" : "not ");
}

void verdict_on_provider(struct findings *findings, struct process *process)
{
    struct block_provider *provider = &findings->provider;
    bool is_listed, is_it;

    if (!provider->is_there)
        return;
    is_listed = loader_lists(process, provider->module.dynamic) != NOT_LISTED;
    is_it = is_module(process, &provider->module);
    note_provider(provider, is_listed, is_it);
    provider->is_there = is_listed && is_it;
    findings->has_false_provider = !provider->is_there;
}

static const char *why_provider_self_reported(const struct findings *findings,
                                              struct process *process)
{
    const struct block *module = &findings->provider.module;

    if (!knows_module)
        return "self-reported: there is no module here to compare with";
    if (!proof_is_same_build(PROOF_MODULE, module))
        return "self-reported: its provider's module is another build";
    if (loader_lists(process, module->dynamic) != LISTED)
        return "self-reported: the loader's list of objects cannot be read";
    return findings->unread ? "self-reported: some of its files are not read" : NULL;
}

/* ---- Is another method? ---- */

/* A method that was taken back counts as well: OpenSSL draws from its own generator. */
static const char *why_swapped(const struct findings *findings)
{
    for (size_t i = 0; i < findings->status.openssl_count; i++) {
        if (findings->status.openssl[i].pin != PIN_HELD)
            continue;
        if (findings->status.openssl[i].method == BLOCK_METHOD_OTHER)
            return "OpenSSL draws by another method, which was set past the shim";
        if (findings->status.openssl[i].method == BLOCK_METHOD_NONE)
            return "OpenSSL's method was taken out past the shim; it draws by its own";
    }
    return NULL;
}

/* ---- The verdict ---- */

/* Why it is so in that mode, a format with a place for who says it. */
static const char *const why_by_mode[] = {
    [MODE_REGISTER] = "mode register%s: OpenSSL keeps its generator until the engine is chosen",
    [MODE_BUILTIN] = "mode builtin%s: OpenSSL is left alone",
    [MODE_RESEED] = "mode reseed%s: an OpenSSL cannot be made to notice forks",
};

/* Good until the next call. */
static const char *clause(const char *format, const char *name)
{
    static char text[LOOK_WHY];

    snprintf(text, sizeof(text), format, name);
    return text;
}

static const char *because_of_mode(const struct block *status)
{
    char says[64] = "";

    if (status->ruled & RULED_MODE)
        snprintf(says, sizeof(says), " (/etc/osrandom.conf line %u)", status->rule);
    return clause(why_by_mode[status->mode], says);
}

static const char *why_not_pinned(const struct findings *findings)
{
    if (findings->status.mode != MODE_ACTIVATE)
        return because_of_mode(&findings->status);
    for (size_t i = 0; i < findings->status.openssl_count; i++) {
        if (findings->status.openssl[i].pin == PIN_GIVEN)
            return "the program's own generator was let in (OSRANDOM_ON_REPLACE=allow)";
        if (findings->status.openssl[i].pin == PIN_DRAWS)
            return "an OpenSSL was built without methods: not all of its draws come from the shim";
        if (findings->status.openssl[i].pin == PIN_REFUSED)
            return "an OpenSSL refused the shim's method";
    }
    return "the shim has not seen an OpenSSL that is mapped";
}

/* The paths that are asked may hang; that there is no shim is known by now. */
static const char *why_absent(const struct findings *findings)
{
    struct look *look = findings->look;
    const char *why;

    verdict_say(look, LOOK_UNCOVERED, "without the shim; finding out why took too long");
    look->is_partly = true;
    why = absence_of_shim(findings->pid);
    look->is_partly = false;
    return why;
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
        return clause("%s takes no other generator", findings->closed_name);
    if (findings->result == BLOCK_NO_SHIM && findings->provider.is_there && findings->reachable)
        return findings->provided ? "an OpenSSL has not drawn from the provider"
                                  : "the provider is loaded, and nothing was drawn from it";
    if (findings->result == BLOCK_NO_SHIM && findings->has_false_provider)
        return "what it shows as the provider's module is not it";
    if (findings->result == BLOCK_NO_SHIM && !findings->provided)
        return why_absent(findings);
    if (findings->wrong)
        return findings->wrong;
    if (findings->pinned < findings->reachable)
        return why_not_pinned(findings);
    return findings->fips ? "a FIPS provider is loaded, whose keys are its own" : NULL;
}

static void note_rule(const struct block *status)
{
    static const char *const settings[] = {"mode", "source", "on_replace", "on_failure", "log"};
    char words[64] = "";

    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        if (status->ruled >> i & RULED_MODE)
            snprintf(words + strlen(words), sizeof(words) - strlen(words), " %s", settings[i]);
    if (status->rule)
        trail_note("  its rule: /etc/osrandom.conf line %u; the file decides on:%s", status->rule,
                   words);
}

static void take_figures(struct findings *findings)
{
    struct look *look = findings->look;
    bool has_shim = findings->result == BLOCK_READ;
    bool by_provider =
        findings->provider.is_there && (!has_shim || (findings->provided && !findings->pinned));
    const struct block *block = by_provider ? &findings->provider.module : &findings->status;

    look->has_shim = has_shim;
    look->has_figures = has_shim || by_provider;
    if (has_shim) {
        look->mode = findings->status.mode;
        look->rule = findings->status.rule;
        note_rule(&findings->status);
    }
    if (!look->has_figures)
        return;
    look->word = block->word;
    look->source = block->source;
    look->draws = block->draws;
    look->bytes = block->bytes;
    look->swaps = block->swaps;
    look->failures = block->failures;
}

/* The shim and the provider may share a process's OpenSSLs. */
static void conclude_covered(struct findings *findings, struct process *process)
{
    struct look *look = findings->look;
    const char *why = NULL;

    if (findings->provided)
        why = why_provider_self_reported(findings, process);
    if (!why && findings->result == BLOCK_READ)
        why = why_self_reported(findings, process);
    look->self_reported = why != NULL;
    if (findings->guarded)
        verdict_say(look, LOOK_GUARDED,
                    why ? why : "a generator of OpenSSL's own, made to notice forks");
    else
        verdict_say(look, findings->provided ? LOOK_PROVIDER : LOOK_COVERED, why ? why : "");
}

/* A file that was not read may hold an OpenSSL. */
static void conclude_without_openssl(const struct findings *findings)
{
    if (findings->unread)
        verdict_say(findings->look, LOOK_TROUBLE, findings->unread);
    else
        verdict_say(findings->look, LOOK_NO_OPENSSL, "");
}

void verdict_conclude(struct findings *findings, struct process *process)
{
    struct look *look = findings->look;
    bool has_block = findings->result == BLOCK_READ;
    const char *why;

    take_figures(findings);
    if (look->openssl_count == 0 && findings->fips == 0) {
        conclude_without_openssl(findings);
        return;
    }
    if (has_block)
        findings->wrong = why_not_at_work(findings, process);
    why = has_block && !findings->wrong ? why_swapped(findings) : NULL;
    if (why) {
        verdict_say(look, LOOK_SWAPPED, why);
        return;
    }
    why = why_uncovered(findings);
    if (why) {
        verdict_say(look, LOOK_UNCOVERED, why);
        return;
    }
    conclude_covered(findings, process);
}
