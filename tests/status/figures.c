/*
 * What the block says of a program that is known to have drawn so and so often: in every
 * generation of OpenSSL, linked and loaded late.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target.h"

static void expect_figures(const char *who, const struct block *status, uint64_t draws,
                           uint64_t bytes, uint64_t swaps)
{
    cr_expect(status->counters == BLOCK_COUNTED, "%s: no counters (%d)", who, status->counters);
    cr_expect(
        status->draws == draws && status->bytes == bytes && status->swaps == swaps &&
            status->failures == 0,
        "%s: an operator would see %lu draws, %lu bytes, %lu swaps kept out and %lu failures, "
        "and there were %lu, %lu, %lu and none",
        who, status->draws, status->bytes, status->swaps, status->failures, draws, bytes, swaps);
}

ParameterizedTestParameters(figures, are_those_of_the_draws_that_were_made)
{
    return all_ways();
}

ParameterizedTest(struct way *way, figures, are_those_of_the_draws_that_were_made)
{
    struct target target = target_start(way, the_shim(), WORDS("OSRANDOM_LOG=quiet"));
    struct block before = status_of(&target), after;

    target_ask(&target, "bytes 100 32");
    target_ask(&target, "bytes 3 5000");
    target_ask(&target, "inside 10");
    target_ask(&target, "swap 2");
    after = status_of(&target);
    expect_figures(described(way), &before, 0, 0, 0);
    expect_figures(described(way), &after, 113, 100 * 32 + 3 * 5000 + 10 * 32, 2);
    cr_expect(target_end(&target) == 0);
}

ParameterizedTestParameters(figures, name_the_openssl_and_the_shim)
{
    return all_ways();
}

ParameterizedTest(struct way *way, figures, name_the_openssl_and_the_shim)
{
    struct target target = target_start(way, the_shim(), NULL);
    struct block status = status_of(&target);
    const struct block_openssl *openssl = &status.openssl[0];
    char *libcrypto = realpath(tree_of(way)->libcrypto, NULL);
    struct stat file;

    cr_assert(status.openssl_count == 1, "%s: %zu OpenSSLs", described(way), status.openssl_count);
    cr_expect(openssl->pin == PIN_HELD, "%s: pin state %u", described(way), openssl->pin);
    cr_expect((long)openssl->version == target_ask(&target, "version"), "%s: version %lx",
              described(way), openssl->version);
    cr_expect(openssl->method == BLOCK_METHOD_OURS, "%s: its method is told as %d", described(way),
              openssl->method);
    cr_expect_str_eq(openssl->object.path, libcrypto);
    cr_expect(!openssl->object.deleted);
    cr_expect(status.mode == MODE_ACTIVATE);
    cr_expect_str_eq(status.shim.path, the_shim());
    cr_expect(stat(the_shim(), &file) == 0 && file.st_ino == status.shim.inode,
              "the shim's inode is %lu and is told as %lu", file.st_ino, status.shim.inode);
    cr_expect(!status.shim.deleted && status.shims == 1);
    free(libcrypto);
    target_end(&target);
}

ParameterizedTestParameters(figures, tell_the_mode_in_which_openssl_is_left_alone)
{
    return all_ways();
}

ParameterizedTest(struct way *way, figures, tell_the_mode_in_which_openssl_is_left_alone)
{
    static const struct {
        const char *setting;
        enum mode mode;
        enum pin_state pin;
    } modes[] = {{"OSRANDOM_MODE=register", MODE_REGISTER, PIN_LEFT},
                 {"OSRANDOM_MODE=builtin", MODE_BUILTIN, PIN_LEFT},
                 {"OSRANDOM_MODE=reseed", MODE_RESEED, PIN_GUARDED}};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct target target = target_start(way, the_shim(), WORDS(modes[i].setting));
        struct block status;

        target_ask(&target, "bytes 5 32");
        status = status_of(&target);
        cr_expect(status.mode == (unsigned int)modes[i].mode, "%s, %s: told as mode %u",
                  described(way), modes[i].setting, status.mode);
        cr_expect(status.openssl_count == 1 && status.openssl[0].pin == modes[i].pin,
                  "%s, %s: an operator would take it for covered", described(way),
                  modes[i].setting);
        cr_expect(status.draws == 0, "%s, %s: OpenSSL's own draws are counted as ours",
                  described(way), modes[i].setting);
        target_end(&target);
    }
}

ParameterizedTestParameters(figures, of_a_forked_child_begin_at_zero)
{
    return linked_ways();
}

ParameterizedTest(struct way *way, figures, of_a_forked_child_begin_at_zero)
{
    struct target target = target_start(way, the_shim(), NULL);
    struct target child = target;
    struct block of_child, of_parent;

    target_ask(&target, "bytes 7 32");
    child.pid = (pid_t)target_ask(&target, "fork");
    of_child = status_of(&child);
    expect_figures("the child at first", &of_child, 0, 0, 0);
    cr_expect(of_child.openssl_count == 1 && of_child.openssl[0].pin == PIN_HELD);
    target_ask(&child, "bytes 2 16");
    of_child = status_of(&child);
    of_parent = status_of(&target);
    expect_figures("the child", &of_child, 2, 32, 0);
    expect_figures("the parent", &of_parent, 7, 224, 0);
    target_tell(&child, "leave");
    cr_expect(target_ask(&target, "pid") == target.pid);
    target_end(&target);
}

Test(figures, name_the_source_that_serves)
{
    static struct way way = {"openssl-3.0", false};
    static const struct {
        const char *setting;
        enum random_source source;
    } sources[] = {{"OSRANDOM_SOURCE=getrandom", RANDOM_GETRANDOM},
                   {"OSRANDOM_SOURCE=getentropy", RANDOM_GETENTROPY},
                   {"OSRANDOM_SOURCE=urandom", RANDOM_URANDOM}};

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        struct target target = target_start(&way, the_shim(), WORDS(sources[i].setting));
        struct block status;

        target_ask(&target, "bytes 4 300");
        status = status_of(&target);
        cr_expect(status.source == (unsigned int)sources[i].source, "%s: told as %u",
                  sources[i].setting, status.source);
        expect_figures(sources[i].setting, &status, 4, 1200, 0);
        target_end(&target);
    }
}

Test(figures, count_two_openssls_in_one_process)
{
    static struct way one = {"openssl-3.0", true}, other = {"openssl-1.1.1", true};
    struct tree trees = *tree_of(&one);
    struct block status;
    struct target target;
    char libraries[1024];

    snprintf(libraries, sizeof(libraries), "%s:%s", trees.libraries, tree_of(&other)->libraries);
    trees.libraries = libraries;
    target = target_run(&trees, the_shim(), NULL,
                        WORDS(built("programs/both"), built("status/openssl-3.0/target.so"),
                              built("status/openssl-1.1.1/target.so")));
    cr_assert(target_ask(&target, "pid") == 0, "programs/both names the module first");
    cr_assert(target_answer(&target) == target.pid);
    target_ask(&target, "bytes 3 32");
    status = status_of(&target);
    cr_assert(status.openssl_count == 2, "%zu OpenSSLs are told of", status.openssl_count);
    cr_expect(status.openssl[0].pin == PIN_HELD && status.openssl[1].pin == PIN_HELD);
    cr_expect(status.openssl[0].object.base != status.openssl[1].object.base);
    cr_expect(status.openssl[0].version >> 28 != status.openssl[1].version >> 28);
    target_end(&target);
}

Test(figures, are_read_under_musl)
{
    const char *program;
    struct target target;
    struct block status;
    char path[256];

    snprintf(path, sizeof(path), "%s/status/musl/target", BUILD_DIR);
    if (access(path, X_OK) != 0)
        cr_skip_test("no musl-gcc to build a program of musl's with");
    program = built("status/musl/target");
    target = target_run(NULL, the_shim(), NULL, WORDS(program));
    target_ask(&target, "bytes 5 32");
    target_ask(&target, "inside 2");
    status = status_of(&target);
    expect_figures("musl", &status, 7, 224, 0);
    cr_expect(status.openssl_count == 1 && status.openssl[0].pin == PIN_HELD);
    target_end(&target);
}

/* By this kernel, which may have been built without. */
Test(figures, are_read_of_a_process_of_32_bits)
{
    char directory[256], program[300], shim[300];
    struct target target;
    struct block status;

    snprintf(directory, sizeof(directory), "%s/status/i386", BUILD_DIR);
    snprintf(program, sizeof(program), "%s/target", directory);
    snprintf(shim, sizeof(shim), "%s/libosrandom_preload.so", directory);
    if (access(program, X_OK) != 0)
        cr_skip_test("no i686-linux-gnu-gcc to build a program of 32 bits with");
    if (run_words(NULL, NULL, NULL, program, NULL).exit_code != 0)
        cr_skip_test("this kernel runs no programs of 32 bits");
    target = target_run(NULL, realpath(shim, NULL), NULL, WORDS(realpath(program, NULL)));
    target_ask(&target, "bytes 5 32");
    target_ask(&target, "inside 2");
    status = status_of(&target);
    expect_figures("i386", &status, 7, 224, 0);
    cr_expect(status.word == 4 && status.openssl_count == 1);
    cr_expect(status.openssl[0].pin == PIN_HELD && status.openssl[0].method == BLOCK_METHOD_OURS,
              "pin %u, method %d", status.openssl[0].pin, status.openssl[0].method);
    target_end(&target);
}
