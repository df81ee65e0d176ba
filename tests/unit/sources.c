/*
 * Each source by itself: it is the one that serves, and it fills what it is given.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

#include "draws.h"
#include "elf_image.h"
#include "fault.h"
#include "notices.h"
#include "random.h"

TestSuite(sources, .timeout = 120);

static bool vdso_has_getrandom(void)
{
    struct elf_image vdso;
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);

    return header && elf_image_read_at(&vdso, header) &&
           (elf_image_symbol(&vdso, "__vdso_getrandom") ||
            elf_image_symbol(&vdso, "__kernel_getrandom"));
}

static void start_and_serve(enum random_source source)
{
    static const size_t lengths[] = {1, 16, 255, 256, 257, 1023, 1024, 1025, 64 << 10, 64 << 20};
    int error = random_start(source, NULL, keep_notice);

    cr_assert(error == 0, "no source starts: %s", strerror(error));
    cr_assert(random_source() == source, "OSRANDOM_SOURCE=%s is served by %s",
              random_source_name(source), random_source_name(random_source()));
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        draw_served(lengths[i]);
    cr_assert(random_fill(NULL, 0) == 0, "a draw of no bytes failed");
    cr_assert(random_source() == source, "the source was given up for %s",
              random_source_name(random_source()));
    cr_assert_str_eq(notices(), "", "an operator is told of trouble that is none");
}

Test(sources, vdso_fills_every_length_whole)
{
    if (!vdso_has_getrandom())
        cr_skip_test("this kernel's vDSO has no getrandom (Linux 6.11)");
    start_and_serve(RANDOM_VDSO);
}

Test(sources, getrandom_fills_every_length_whole)
{
    start_and_serve(RANDOM_GETRANDOM);
}

Test(sources, getentropy_fills_every_length_whole)
{
    start_and_serve(RANDOM_GETENTROPY);
}

Test(sources, urandom_fills_every_length_whole)
{
    start_and_serve(RANDOM_URANDOM);
}

Test(sources, auto_is_the_first_one_that_works)
{
    cr_assert(random_start(RANDOM_AUTO, NULL, keep_notice) == 0);
    cr_assert(random_source() == (vdso_has_getrandom() ? RANDOM_VDSO : RANDOM_GETRANDOM),
              "the default serves from %s", random_source_name(random_source()));
    draw_served(16);
}

Test(sources, a_draw_before_the_start_is_served)
{
    cr_assert(random_source() == RANDOM_AUTO);
    draw_served(16);
    draw_served(4096);
    cr_assert(random_source() == RANDOM_AUTO, "a draw counts as a start");
}

Test(sources, have_the_names_that_OSRANDOM_SOURCE_takes)
{
    static const char *const names[] = {"auto", "vdso", "getrandom", "getentropy", "urandom"};

    for (unsigned int i = 0; i < 5; i++)
        cr_assert_str_eq(random_source_name(i), names[i]);
}

static size_t lengths_asked[16];

static long note_length(const struct seccomp_data *call, unsigned int nth)
{
    if (nth < 16)
        lengths_asked[nth] = call->args[1];
    return FAULT_PASS;
}

Test(sources, getentropy_is_asked_for_no_more_than_256_bytes_at_once)
{
    static const size_t pieces[] = {1, 256, 256, 256, 232};
    unsigned char buffer[1000];

    fault_watch(note_length, 1, SYS_getrandom);
    cr_assert(random_start(RANDOM_GETENTROPY, NULL, keep_notice) == 0);
    cr_assert(random_fill(buffer, sizeof(buffer)) == 0, "1000 bytes are not to be had");
    cr_assert(memcmp(lengths_asked, pieces, sizeof(pieces)) == 0 && lengths_asked[5] == 0,
              "the probe and four calls were to be seen, not %zu, %zu, %zu, %zu, %zu, %zu",
              lengths_asked[0], lengths_asked[1], lengths_asked[2], lengths_asked[3],
              lengths_asked[4], lengths_asked[5]);
}

static long pass(const struct seccomp_data *call, unsigned int nth)
{
    return call && nth < UINT_MAX ? FAULT_PASS : 0;
}

Test(sources, the_vdso_draws_without_a_system_call_once_it_has_a_key)
{
    unsigned char bytes[32];

    start_vdso(NULL);
    fault_watch(pass, 1, SYS_getrandom);
    for (int i = 0; i < 100; i++)
        cr_assert(random_fill(bytes, sizeof(bytes)) == 0);
    /* A second one is the kernel's own renewal of its seed, once a minute. */
    cr_assert(strlen(fault_trace()) < 3 * sizeof("getrandom-wait"),
              "100 draws were paid with the system calls: %s", fault_trace());
}

static unsigned int large_draws;

/* The kernel's own renewal of the key, once a minute, is none of them. */
static long count_large_draws(const struct seccomp_data *call, unsigned int nth)
{
    large_draws += nth < UINT_MAX && call->args[1] == 1000;
    return FAULT_PASS;
}

/* The first ones, that is: then the faster call has been found. */
Test(sources, the_vdso_shares_large_draws_with_the_system_call)
{
    static unsigned char bytes[1000];

    start_vdso(NULL);
    cr_assert(random_fill(bytes, 16) == 0);
    fault_watch(count_large_draws, 1, SYS_getrandom);
    for (int i = 0; i < 8; i++)
        cr_assert(random_fill(bytes, sizeof(bytes)) == 0);
    cr_assert(large_draws == 4, "of eight draws, four by each call were to be timed: %s",
              fault_trace());
    cr_assert(random_source() == RANDOM_VDSO);
}
