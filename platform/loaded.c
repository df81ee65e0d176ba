/*
 * See loaded.h.
 */
#include "loaded.h"

#include <elf.h>
#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/auxv.h>

#include "linux_maps.h"
#include "linux_syscall.h"

#pragma weak getauxval

/* <dlfcn.h> of glibc 2.35; some machines have more members before the reserved ones. */
struct found_object {
    uint64_t flags;
    void *start;
    void *end;
    struct link_map *map;
    uint64_t more[12];
};

/* Under a name of our own: the header declares it, where there is one that knows it. */
int find_object(void *address, struct found_object *found) __asm__("_dl_find_object")
    __attribute__((weak));

/* Tools that add to a file move the program headers behind all else when their place is too small:
 * patchelf has, in the libcryptos of Python's wheels. No public word of the loader's tells where.
 */
static bool starts_at(struct elf_image *image, uintptr_t start)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)start;

    return elf_image_starts_at(image, header) ||
           (header->e_phentsize == sizeof(ElfW(Phdr)) &&
            elf_image_starts_with(
                image, header,
                (const ElfW(Phdr) *)linux_maps_place(start, header->e_phoff,
                                                     header->e_phnum * sizeof(ElfW(Phdr)))));
}

static bool read_from(uintptr_t start, struct loaded *loaded)
{
    struct elf_image *image = &loaded->image;

    loaded->start = start;
    return starts_at(image, start) &&
           elf_image_read(image, image->base, image->headers, image->header_count) &&
           elf_image_start(image) == start;
}

/* ---- Where the C library does not tell ---- */

enum {
    PAGE = 4096,      /* the smallest: objects begin at a multiple of it */
    FARTHEST = 65536, /* pages below an address, 256 MiB: larger objects are not known */
    REMEMBERED = 16,
};

/* Where objects began that were found before: the next look begins there. */
static _Atomic uintptr_t remembered[REMEMBERED];

static uint32_t first_word_of_elf(void)
{
    union {
        unsigned char bytes[4];
        uint32_t word;
    } first = {.bytes = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3}};

    return first.word;
}

/* A word that is not as expected is EAGAIN, an unreadable one EFAULT; one that is as expected would
 * be waited for, for no time at all. */
static bool begins_elf(uintptr_t page)
{
    const int64_t no_time[2] = {0, 0};

    return linux_syscall(SYS_futex, page, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, first_word_of_elf(),
                         no_time) == -ETIMEDOUT;
}

/* An ELF file may also lie in another object's data. */
static bool covers(uintptr_t start, const void *address, struct loaded *loaded)
{
    return begins_elf(start) && starts_at(&loaded->image, start) &&
           elf_image_contains(&loaded->image, address) && read_from(start, loaded);
}

static bool look_below(const void *address, struct loaded *loaded)
{
    uintptr_t page = (uintptr_t)address & ~(uintptr_t)(PAGE - 1);

    loaded->path = NULL;
    loaded->mark = NULL;
    for (size_t i = 0; i < REMEMBERED; i++)
        if (remembered[i] && remembered[i] <= page && covers(remembered[i], address, loaded))
            return true;
    for (size_t i = 0; i < FARTHEST && page; i++, page -= PAGE)
        if (covers(page, address, loaded)) {
            remembered[page / PAGE % REMEMBERED] = page;
            return true;
        }
    return false;
}

/* ---- Where it does ---- */

/* Where a program's segments have gaps between them, as large pages make them, each of them is told
 * as if it was an object, and only the first begins an ELF file. */
static bool read_program(uintptr_t base, const void *address, struct loaded *loaded)
{
    const ElfW(Phdr) *headers = getauxval ? (const ElfW(Phdr) *)getauxval(AT_PHDR) : NULL;

    if (!headers || !elf_image_read(&loaded->image, base, headers, getauxval(AT_PHNUM)))
        return false;
    loaded->start = elf_image_start(&loaded->image);
    return elf_image_contains(&loaded->image, address);
}

bool loaded_at(const void *address, struct loaded *loaded)
{
    struct found_object found;

    if (!find_object)
        return look_below(address, loaded);
    if (find_object((void *)(uintptr_t)address, &found) != 0)
        return false;
    loaded->path = found.map->l_name;
    loaded->mark = found.map;
    return read_from((uintptr_t)found.start, loaded) ||
           (*found.map->l_name == '\0' && read_program(found.map->l_addr, address, loaded));
}

bool loaded_from(uintptr_t start, struct loaded *loaded)
{
    return loaded_at((const void *)start, loaded) && loaded->start == start;
}

bool loaded_still(uintptr_t start, const void *mark)
{
    struct found_object found;

    if (!find_object)
        return begins_elf(start);
    return find_object((void *)start, &found) == 0 && (uintptr_t)found.start == start &&
           found.map == mark;
}
