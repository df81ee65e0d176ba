/*
 * See guest.h.
 */
#include "guest.h"

#include <criterion/criterion.h>
#include <string.h>

#include "spawn.h"

void need_guests(void)
{
    static const char *const programs[] = {"qemu-system-x86_64", "busybox", "cpio"};

    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        struct outcome found =
            run_words(NULL, NULL, NULL, "sh", "-c", "command -v \"$0\"", programs[i], NULL);

        if (found.exit_code != 0)
            cr_skip_test("%s is not installed", programs[i]);
        outcome_free(&found);
    }
}

static char *fetched(const char *what)
{
    struct outcome path = run_words(NULL, NULL, NULL, "tests/duplication/vm/fetch", what, NULL);

    if (path.exit_code != 0)
        cr_skip_test("what is to be booted cannot be fetched: %s", path.err);
    path.out[strcspn(path.out, "\n")] = '\0';
    return path.out;
}

char *guest_kernel(void)
{
    return fetched(NULL);
}

char *vmclock_tree(void)
{
    return fetched("vmclock");
}
