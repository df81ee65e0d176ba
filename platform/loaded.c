/*
 * See loaded.h.
 */
#include "loaded.h"

#include <elf.h>
#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/auxv.h>

#include "apart.h"
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

/* Of an ELF file that lies in another object's data no more than its headers is read. */
static bool read_rest(const void *address, struct loaded *loaded)
{
    struct elf_image *image = &loaded->image;

    return elf_image_contains(image, address) &&
           elf_image_read(image, image->base, image->headers, image->header_count) &&
           elf_image_start(image) == loaded->start;
}

/* ---- Program headers that lie elsewhere ---- */

enum { KNOWN_PLACES = 16 };

/* Where they were found in these objects: how far behind the start, in the lower half; what tells
 * the object from others, in the upper one. */
static _Atomic uint64_t known_places[KNOWN_PLACES] APART(6);

static uint64_t sign_of(const struct loaded *loaded, const ElfW(Ehdr) *header)
{
    uint64_t mixed = loaded->start ^ (uint64_t)header->e_phoff << 40 ^ header->e_shoff;

    return mixed * UINT64_C(0x9e3779b97f4a7c15) | UINT32_MAX;
}

static uintptr_t known_place(const struct loaded *loaded, uint64_t sign)
{
    for (size_t i = 0; i < KNOWN_PLACES; i++) {
        const uint64_t word = known_places[i];

        if ((word | UINT32_MAX) == sign)
            return loaded->start + (uint32_t)word;
    }
    return 0;
}

/* In turn, so that no two objects drive each other out. */
static void keep_place(const struct loaded *loaded, uint64_t sign, uintptr_t place)
{
    static _Atomic unsigned int next;

    if (place - loaded->start < UINT32_MAX)
        known_places[next++ % KNOWN_PLACES] =
            (sign & ~(uint64_t)UINT32_MAX) | (place - loaded->start);
}

__attribute__((cold)) static bool starts_with_moved(struct loaded *loaded)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)loaded->start;
    const uint64_t sign = sign_of(loaded, header);
    const uintptr_t known = known_place(loaded, sign);
    const uintptr_t place = known ? known
                                  : linux_maps_place(loaded->start, header->e_phoff,
                                                     header->e_phnum * sizeof(ElfW(Phdr)));

    if (!elf_image_starts_with(&loaded->image, header, (const ElfW(Phdr) *)place))
        return false;
    if (!known)
        keep_place(loaded, sign, place);
    return true;
}

void loaded_find_headers(struct loaded *loaded)
{
    struct loaded found = *loaded;

    if (loaded->image.headers == loaded->stand_in && starts_with_moved(&found) &&
        read_rest((const void *)loaded->start, &found))
        loaded->image = found.image;
}

/* ---- Where the C library does not tell ---- */

enum {
    PAGE = 4096,      /* the smallest: objects begin at a multiple of it */
    FARTHEST = 65535, /* pages below an address, 256 MiB: larger objects are not known */
    GAP = 512,        /* pages, 2 MiB: segments lie no farther apart */
    REMEMBERED = 16,
};

/* Objects that were found before: the number of the page where one begins and, in the lower 16
 * bits, how many more it has. Of one that an address does not lie in nothing is read: another
 * thread may be unloading it. */
static _Atomic uint64_t remembered[REMEMBERED];

static uint32_t first_word_of_elf(void)
{
    union {
        unsigned char bytes[4];
        uint32_t word;
    } first = {.bytes = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3}};

    return first.word;
}

/* 0 if the word there is as expected, EAGAIN if it is another, EFAULT if it cannot be read. Of one
 * that is, no waiter is woken and none moved. On a PC of 32 bits, where no sixth argument is to be
 * had, it would be waited for, for no time at all: which takes 50 microseconds. */
static long compare(uintptr_t address, uint32_t expected)
{
#if defined(__i386__)
    const int64_t no_time[2] = {0, 0};
    long answer =
        linux_syscall(SYS_futex, address, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, expected, no_time);

    return answer == -ETIMEDOUT || answer == -EINTR ? 0 : answer;
#else
    return linux_syscall(SYS_futex, address, FUTEX_CMP_REQUEUE | FUTEX_PRIVATE_FLAG, 0, 0, address,
                         expected);
#endif
}

static long begins_elf(uintptr_t page)
{
    return compare(page, first_word_of_elf());
}

/* The lower half of where the file's section headers lie: they end it, mostly. */
static const uint32_t *mark_below(uintptr_t start)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)start;

    return (const uint32_t *)&header->e_shoff +
           (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(header->e_shoff) / 4 - 1 : 0);
}

static bool has_moved_headers(uintptr_t start)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)start;

    return header->e_phoff + header->e_phnum * sizeof(ElfW(Phdr)) > PAGE;
}

/* Of a file that was mapped to be read, what it says of segments is not so. */
static bool has_dynamic(const struct elf_image *image)
{
    for (size_t i = 0; i < image->header_count; i++)
        if (image->headers[i].p_type == PT_DYNAMIC)
            return compare(image->base + image->headers[i].p_vaddr, 0) != -EFAULT;
    return false;
}

static bool covers(uintptr_t start, const void *address, struct loaded *loaded)
{
    loaded->start = start;
    loaded->mark = (const void *)(uintptr_t)*mark_below(start);
    return (has_moved_headers(start)
                ? starts_with_moved(loaded)
                : elf_image_starts_at(&loaded->image, (const ElfW(Ehdr) *)start)) &&
           has_dynamic(&loaded->image) && read_rest(address, loaded);
}

static uint64_t to_remember(const struct loaded *loaded)
{
    const uintptr_t more = (elf_image_end(&loaded->image) - 1 - loaded->start) / PAGE;

    return (uint64_t)(loaded->start / PAGE) << 16 | (more < FARTHEST ? more : FARTHEST);
}

static bool look_below(const void *address, struct loaded *loaded)
{
    static _Atomic unsigned int next;
    const uintptr_t around = (uintptr_t)address / PAGE;
    _Atomic uint64_t *place = NULL;
    size_t unreadable = 0;

    loaded->path = NULL;
    for (size_t i = 0; i < REMEMBERED; i++) {
        const uint64_t word = remembered[i];
        const uintptr_t page = (uintptr_t)(word >> 16);

        if (around - page > (uint16_t)word)
            continue;
        if (begins_elf(page * PAGE) == 0 && covers(page * PAGE, address, loaded))
            return true;
        place = &remembered[i]; /* another lies there now */
    }
    for (uintptr_t page = around; page && around - page <= FARTHEST && unreadable <= GAP; page--) {
        const long answer = begins_elf(page * PAGE);

        unreadable = answer == -EAGAIN ? 0 : unreadable + 1;
        if (answer != 0)
            continue;
        if (covers(page * PAGE, address, loaded)) {
            if (page != around || place)
                *(place ? place : &remembered[next++ % REMEMBERED]) = to_remember(loaded);
            return true;
        }
        if (has_moved_headers(page * PAGE))
            return false; /* it may be the one, and what lies below is not */
    }
    return false;
}

/* ---- Where it does ---- */

/* The loader's note of an object is memory that the next one's may lie in. */
static const void *mark_of(const struct found_object *found)
{
    return (const char *)found->map + ((uintptr_t)found->end - (uintptr_t)found->start);
}

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

/* Program headers of which the loader's public words tell the rest. */
static bool read_without_headers(const struct found_object *found, struct loaded *loaded)
{
    const uintptr_t base = found->map->l_addr, size = (uintptr_t)found->end - loaded->start;
    const uintptr_t dynamic = (uintptr_t)found->map->l_ld;

    loaded->stand_in[0] = (ElfW(Phdr)){.p_type = PT_LOAD,
                                       .p_flags = PF_R | PF_W,
                                       .p_vaddr = loaded->start - base,
                                       .p_filesz = size,
                                       .p_memsz = size};
    loaded->stand_in[1] = (ElfW(Phdr)){.p_type = PT_DYNAMIC,
                                       .p_vaddr = dynamic - base,
                                       .p_memsz = (uintptr_t)found->end - dynamic};
    return elf_image_read(&loaded->image, base, loaded->stand_in, STAND_INS);
}

bool loaded_at(const void *address, struct loaded *loaded)
{
    struct found_object found;

    if (!find_object)
        return look_below(address, loaded);
    if (find_object((void *)(uintptr_t)address, &found) != 0)
        return false;
    loaded->path = found.map->l_name;
    loaded->mark = mark_of(&found);
    loaded->start = (uintptr_t)found.start;
    return (elf_image_starts_at(&loaded->image, (const ElfW(Ehdr) *)loaded->start) &&
            read_rest(address, loaded)) ||
           (*found.map->l_name ? read_without_headers(&found, loaded)
                               : read_program(found.map->l_addr, address, loaded));
}

bool loaded_from(uintptr_t start, struct loaded *loaded)
{
    return loaded_at((const void *)start, loaded) && loaded->start == start;
}

bool loaded_still(uintptr_t start, const void *mark)
{
    struct found_object found;

    if (!find_object)
        return begins_elf(start) == 0 &&
               compare((uintptr_t)mark_below(start), (uint32_t)(uintptr_t)mark) == 0;
    return find_object((void *)start, &found) == 0 && (uintptr_t)found.start == start &&
           mark_of(&found) == mark;
}
