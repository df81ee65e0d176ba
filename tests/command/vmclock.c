/*
 * A vmclock's page, which no hypervisor here provides: as include/uapi/linux/vmclock-abi.h lays it
 * out.
 */
#include <criterion/criterion.h>
#include <endian.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/osrandom/kernel/vmclock.h"
#include "words.h"

TestSuite(vmclock, .fini = clean_up);

enum { PAGE = 4096, VERSION = 8, DISRUPTION = 16, FLAGS = 24, GENERATION = 104 };

static unsigned char page[PAGE];
static struct vmclock vmclock;

static void put_word(size_t at, uint64_t value)
{
    value = htole64(value);
    memcpy(page + at, &value, sizeof(value));
}

static const char *page_file(void)
{
    const char *path = text_format("%s/vmclock", directory());
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    cr_assert_eq(write(file, page, PAGE), PAGE);
    close(file);
    return path;
}

static bool change_is_seen(size_t at, uint64_t value)
{
    put_word(at, value);
    page_file();
    return vmclock_has_changed(&vmclock);
}

static void make_page(uint64_t flags)
{
    memcpy(page, "VCLK\0\x10\0\0\1", 9);
    put_word(FLAGS, flags);
}

Test(vmclock, tells_of_a_resume)
{
    make_page(1 << 8);
    cr_assert(vmclock_open(&vmclock, page_file()), "a vmclock is passed over");
    cr_expect(!vmclock.notifies && !vmclock_has_changed(&vmclock), "it resumes all the time");
    cr_expect(change_is_seen(DISRUPTION, 1), "a migration is not seen");
    cr_expect(change_is_seen(GENERATION, 7), "a snapshot is not seen");
    cr_expect(!change_is_seen(GENERATION, 7), "it is told twice");
    cr_expect(!change_is_seen(40, 99), "the clock's own ticking passes for a resume");
}

Test(vmclock, without_a_generation_has_none)
{
    make_page(1 << 9);
    cr_assert(vmclock_open(&vmclock, page_file()));
    cr_expect(vmclock.notifies, "a notification is not waited for");
    cr_expect(!change_is_seen(GENERATION, 7), "a field is read that the hypervisor does not fill");
}

Test(vmclock, of_an_unknown_kind_is_left_alone)
{
    make_page(0);
    page[VERSION] = 2;
    cr_expect(!vmclock_open(&vmclock, page_file()));
    cr_expect(!vmclock_open(&vmclock, "/dev/null"));
    cr_expect(!vmclock_open(&vmclock, "/nowhere"));
}
