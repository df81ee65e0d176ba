/*
 * See vmclock.h. The layout is that of include/uapi/linux/vmclock-abi.h, little endian everywhere.
 *
 * The counter of generations is for snapshots alone, the marker of disruptions for live migration
 * too; where the first is missing (QEMU 11.1), the second serves: a reseed too many harms nobody.
 */
#include "vmclock.h"

#include <endian.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

enum { MAGIC = 0x4b4c4356 };

static const uint64_t GENERATION_PRESENT = 1 << 8, NOTIFICATION_PRESENT = 1 << 9;

struct page {
    uint32_t magic, size;
    uint16_t version;
    uint8_t counter, time_type;
    uint32_t sequence;
    uint64_t disruption, flags;
    uint8_t clock[72]; /* not needed here */
    uint64_t generation;
};

_Static_assert(offsetof(struct page, generation) == 104, "as vmclock-abi.h has it");

static bool read_page(const struct vmclock *clock, struct page *page)
{
    ssize_t length = pread(clock->file, page, sizeof(*page), 0);

    return length == sizeof(*page) && le32toh(page->magic) == MAGIC &&
           le16toh(page->version) == 1 && le32toh(page->size) >= offsetof(struct page, clock);
}

static uint64_t generation_in(const struct page *page)
{
    bool present =
        le64toh(page->flags) & GENERATION_PRESENT && le32toh(page->size) >= sizeof(*page);

    return present ? page->generation : 0;
}

bool vmclock_open(struct vmclock *clock, const char *path)
{
    struct page page;

    *clock = (struct vmclock){.file = open(path, O_RDONLY | O_CLOEXEC)};
    if (clock->file < 0)
        return false;
    if (!read_page(clock, &page)) {
        close(clock->file);
        clock->file = -1;
        return false;
    }
    clock->notifies = le64toh(page.flags) & NOTIFICATION_PRESENT;
    clock->disruption = page.disruption;
    clock->generation = generation_in(&page);
    return true;
}

bool vmclock_has_changed(struct vmclock *clock)
{
    struct page page;
    bool changed;

    if (!read_page(clock, &page))
        return false;
    changed = page.disruption != clock->disruption || generation_in(&page) != clock->generation;
    clock->disruption = page.disruption;
    clock->generation = generation_in(&page);
    return changed;
}
