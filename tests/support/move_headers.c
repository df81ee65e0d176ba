/*
 * See move_headers.h.
 */
#include "move_headers.h"

#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 0x10000, MOST_HEADERS = 32 }; /* the largest page */

static uintptr_t whole_pages(uintptr_t size)
{
    return (size + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
}

/* The headers, and behind the last segment one more, in which they lie; how many there are then. */
static size_t with_room(ElfW(Phdr) headers[MOST_HEADERS], const ElfW(Phdr) *old, size_t count,
                        uintptr_t offset, bool mapped)
{
    size_t last = 0;
    uintptr_t end;

    cr_assert(count > 0 && count < MOST_HEADERS);
    for (size_t i = 0; i < count; i++)
        if (old[i].p_type == PT_LOAD)
            last = i;
    end = whole_pages(old[last].p_vaddr + old[last].p_memsz);
    memcpy(headers, old, (last + 1) * sizeof(*headers));
    memcpy(headers + last + 2, old + last + 1, (count - last - 1) * sizeof(*headers));
    count++;
    headers[last + 1] = (ElfW(Phdr)){.p_type = mapped ? PT_LOAD : PT_NULL,
                                     .p_flags = PF_R,
                                     .p_offset = offset,
                                     .p_vaddr = end,
                                     .p_paddr = end,
                                     .p_filesz = count * sizeof(*headers),
                                     .p_memsz = count * sizeof(*headers),
                                     .p_align = PAGE};
    return count;
}

void move_headers(const char *from, const char *to, bool mapped)
{
    ElfW(Phdr) headers[MOST_HEADERS];
    int in = open(from, O_RDONLY), out = open(to, O_RDWR | O_CREAT, 0755);
    struct stat about;
    ElfW(Ehdr) *file;
    uintptr_t offset;
    size_t size;

    cr_assert(in >= 0 && out >= 0 && fstat(in, &about) == 0);
    file = mmap(NULL, (size_t)about.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, in, 0);
    cr_assert(file != MAP_FAILED);
    offset = whole_pages((uintptr_t)about.st_size);
    file->e_phnum =
        (ElfW(Half))with_room(headers, (const ElfW(Phdr) *)((const char *)file + file->e_phoff),
                              file->e_phnum, offset, mapped);
    file->e_phoff = offset;
    size = file->e_phnum * sizeof(*headers);
    cr_assert(write(out, file, (size_t)about.st_size) == about.st_size &&
              pwrite(out, headers, size, (off_t)offset) == (ssize_t)size);
    munmap(file, (size_t)about.st_size);
    close(in);
    close(out);
}
