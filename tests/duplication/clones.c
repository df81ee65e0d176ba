/*
 * Clones of a VM of which nothing tells the kernel: what `osrandom reseed` does for them. See
 * tests/duplication/vm/clones, whose lines are judged here.
 *
 * Under the shim they agree before it, and after it no more; stock OpenSSL, which keeps a generator
 * in each process, agrees all the same.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"
#include "level.h"
#include "sides.h"
#include "text.h"

enum { SECONDS = 1500, MANY = 50, BEFORE = 1, AFTER = 2 };

static const char *const all_kinds[] = {"bytes", "priv_bytes", "key", "nonce", "hello", NULL};
static const char *const python_kinds[] = {"ssl", "hello", NULL};

/* Of one clone in one case; NULL if there is none. free() takes it. */
static char *value_of(const struct outcome *all, const char *scenario, int clone, const char *probe,
                      const char *kind, int when)
{
    char *name = text_format("%s/%d/%s/%s.%d", scenario, clone, probe, kind, when);
    char *value = outcome_value(all, name);

    free(name);
    return value;
}

/* Two clones agree in all kinds, or in none. */
static void expect_pair(const struct outcome *all, const char *scenario, const char *probe,
                        const char *const *some_kinds, int when, bool agree)
{
    for (; *some_kinds; some_kinds++) {
        char *one = value_of(all, scenario, 0, probe, *some_kinds, when);
        char *other = value_of(all, scenario, 1, probe, *some_kinds, when);

        cr_assert(one && other, "%s: %s drew no %s", scenario, probe, *some_kinds);
        if (agree)
            cr_expect_str_eq(one, other,
                             "%s, %s: the clones' %s differ where nothing tells them apart: this "
                             "proves nothing",
                             scenario, probe, *some_kinds);
        else
            cr_expect_str_neq(one, other, "%s, %s: two clones have the same %s", scenario, probe,
                              *some_kinds);
        free(one);
        free(other);
    }
}

static void judge_probe(const struct outcome *all, const char *probe, const char *const *some_kinds,
                        bool stock)
{
    static const char *const reseeded[] = {"host", "bare"};

    expect_pair(all, "nothing", probe, some_kinds, BEFORE, true);
    expect_pair(all, "nothing", probe, some_kinds, AFTER, true);
    for (size_t i = 0; i < 2; i++) {
        expect_pair(all, reseeded[i], probe, some_kinds, BEFORE, true);
        expect_pair(all, reseeded[i], probe, some_kinds, AFTER, stock);
    }
    expect_pair(all, "port", probe, some_kinds, BEFORE, stock);
    expect_pair(all, "watch", probe, some_kinds, BEFORE, stock);
    expect_pair(all, "call", probe, some_kinds, BEFORE, stock);
}

/* Python's uuid4() comes from the kernel by the system call, on stock too. In which order the
 * probes are served is chance: that one clone's value is any other's tells. */
static bool kernels_agree(const struct outcome *all, const char *scenario, int when)
{
    static const char *const probes[] = {"python-stock", "python-shim"};
    bool agree = false;

    for (int i = 0; i < 4; i++) {
        char *one = value_of(all, scenario, 0, probes[i / 2], "uuid4", when);
        char *other = value_of(all, scenario, 1, probes[i % 2], "uuid4", when);

        agree |= one && other && strcmp(one, other) == 0;
        free(one);
        free(other);
    }
    return agree;
}

static void judge_python(const struct outcome *all)
{
    char *there = value_of(all, "nothing", 0, "python-shim", "ssl", BEFORE);

    if (!there) {
        cr_log_warn("there is no /usr/bin/python3 whose modules fit into the guest");
        return;
    }
    free(there);
    judge_probe(all, "python-stock", python_kinds, true);
    judge_probe(all, "python-shim", python_kinds, false);
    cr_expect(kernels_agree(all, "nothing", BEFORE),
              "the clones' uuid4() differ where nothing tells them apart: this proves nothing");
    cr_expect(!kernels_agree(all, "host", AFTER) && !kernels_agree(all, "bare", AFTER) &&
                  !kernels_agree(all, "watch", BEFORE),
              "two clones have the same uuid4()");
}

/* ---- Many clones of one snapshot ---- */

static int order(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static size_t different(char **values, size_t count)
{
    size_t number = count > 0;

    qsort(values, count, sizeof(*values), order);
    for (size_t i = 1; i < count; i++)
        number += strcmp(values[i], values[i - 1]) != 0;
    return number;
}

static size_t different_in_all(const struct outcome *all, const char *scenario, const char *kind,
                               int when)
{
    char *values[MANY];
    size_t number;

    for (int i = 0; i < MANY; i++) {
        values[i] = value_of(all, scenario, i, "openssl-3.5-shim", kind, when);
        cr_assert(values[i] != NULL, "%s: clone %d drew no %s", scenario, i, kind);
    }
    number = different(values, MANY);
    for (int i = 0; i < MANY; i++)
        free(values[i]);
    return number;
}

static void judge_many(const struct outcome *all, const char *scenario)
{
    for (size_t i = 0; all_kinds[i]; i++) {
        size_t before = different_in_all(all, scenario, all_kinds[i], BEFORE);
        size_t after = different_in_all(all, scenario, all_kinds[i], AFTER);

        cr_log_info("%s: %d clones, %zu different %s before osrandom reseed, %zu after", scenario,
                    MANY, before, all_kinds[i], after);
        cr_expect(before == 1, "%s: %zu different %s before: they were no clones", scenario, before,
                  all_kinds[i]);
        cr_expect(after == MANY, "%s: %d clones have %zu different %s", scenario, MANY, after,
                  all_kinds[i]);
    }
}

/* ---- What it said, and how long it took: told, not judged ---- */

static void expect_status(const struct outcome *all, const char *scenario, int status)
{
    char *name = text_format("%s/0/status", scenario);
    char *said = outcome_value(all, name);

    cr_assert(said != NULL, "%s: osrandom reseed did not end", scenario);
    cr_expect_eq(atoi(said), status, "%s: osrandom reseed ended with %s", scenario, said);
    free(said);
    free(name);
}

static void tell_lines(const struct outcome *all, const char *word)
{
    for (const char *line = all->out; line && *line; line = strchr(line, '\n')) {
        size_t length;

        line += *line == '\n';
        length = strcspn(line, "\n");
        if (memmem(line, length, word, strlen(word)))
            cr_log_info("%.*s", (int)length, line);
    }
}

static struct outcome cloned(void)
{
    char many[16];
    const char *words[16] = {"tests/duplication/vm/clones", BUILD_DIR, guest_kernel(), many, NULL};
    struct command command = {.argv = words, .seconds = SECONDS};
    struct outcome outcome;

    snprintf(many, sizeof(many), "%d", MANY);
    for (size_t i = 0; repeating_trees[i]; i++)
        words[4 + i] = need_tree(repeating_trees[i])->name;
    outcome = run(&command);
    cr_assert(outcome.exit_code == 0, "%s", outcome.err);
    return outcome;
}

Test(clones, without_a_new_vmgenid_share_nothing_after_osrandom_reseed, .timeout = SECONDS + 60)
{
    struct outcome all;

    only_from(LEVEL_ALL);
    need_guests();
    all = cloned();
    for (size_t i = 0; repeating_trees[i]; i++) {
        judge_probe(&all, text_format("%s-stock", repeating_trees[i]), all_kinds, true);
        judge_probe(&all, text_format("%s-shim", repeating_trees[i]), all_kinds, false);
    }
    judge_probe(&all, "hidden-shim", all_kinds, false);
    judge_python(&all);
    judge_many(&all, "many");
    judge_many(&all, "many-host");
    expect_status(&all, "host", 0);
    expect_status(&all, "bare", 1);
    expect_status(&all, "port", 0);
    cr_expect(strstr(all.out, "watch/0/said=done after a resume (the host's clock, /dev/rtc0"),
              "the watcher takes something else for a sign");
    cr_expect(!strstr(all.out, "cannot tell the host"), "a port without a host passes for one");
    tell_lines(&all, "after the resume");
    tell_lines(&all, "done after a resume");
    outcome_free(&all);
}

/* By Debian unstable's QEMU and kernel, which have the device and its driver. */
Test(clones, with_a_vmclock_are_noticed_by_the_watcher, .timeout = 600)
{
    struct outcome outcome;

    only_from(LEVEL_ALL);
    need_guests();
    outcome = run_words(NULL, NULL, NULL, "tests/duplication/vm/vmclock", BUILD_DIR, vmclock_tree(),
                        NULL);
    cr_assert(outcome.exit_code == 0, "a resume is not noticed: %s", outcome.err);
    for (int i = 0; i < 2; i++) {
        char *said =
            text_format("%d/osrandom reseed: done after a resume (/dev/vmclock0 says so)", i);

        cr_expect(strstr(outcome.out, said), "the vmclock is not heard: %s", outcome.out);
        free(said);
    }
    tell_lines(&outcome, "after the resume");
    outcome_free(&outcome);
}
