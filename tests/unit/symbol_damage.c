/*
 * Damaged and cut files: looking for functions in them ends, with functions of the object or with
 * none. The file is damaged in its headers and tables by a generator with a fixed seed.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbol_objects.h"

TestSuite(symbol_damage, .timeout = 120);

struct damaged {
    struct mapped_object object;
    unsigned char *bytes;
    size_t size;
    int copy; /* a file in memory */
};

static uint64_t seed = 20260728;

/* splitmix64 */
static uint64_t next_number(void)
{
    uint64_t mixed = seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static struct damaged take(const char *name)
{
    struct damaged damaged = {.object = map_object(name)};
    int descriptor = open(damaged.object.path, O_RDONLY | O_CLOEXEC);
    off_t size = lseek(descriptor, 0, SEEK_END);

    damaged.size = (size_t)size;
    damaged.bytes = malloc(damaged.size);
    cr_assert(damaged.bytes && pread(descriptor, damaged.bytes, damaged.size, 0) == size);
    close(descriptor);
    damaged.copy = memfd_create("damaged", MFD_CLOEXEC);
    cr_assert(damaged.copy >= 0);
    snprintf(damaged.object.path, sizeof(damaged.object.path), "/proc/self/fd/%d", damaged.copy);
    return damaged;
}

static void mend(const struct damaged *damaged)
{
    cr_assert(pwrite(damaged->copy, damaged->bytes, damaged->size, 0) == (ssize_t)damaged->size &&
              ftruncate(damaged->copy, (off_t)damaged->size) == 0);
}

static bool is_function(const struct mapped_object *object, const void *address)
{
    const struct elf_image *image = &object->image;

    for (size_t i = 0; i < image->header_count; i++)
        if (image->headers[i].p_type == PT_LOAD && (image->headers[i].p_flags & PF_X) &&
            (uintptr_t)address - image->base - image->headers[i].p_vaddr <
                image->headers[i].p_memsz)
            return true;
    return false;
}

static enum symbol_file_answer ask(const struct damaged *damaged)
{
    void *found[2];
    enum symbol_file_answer answer = look(&damaged->object, 1, found);

    for (int i = 0; i < 2; i++)
        cr_assert(!found[i] || (answer == SYMBOLS_FOUND && is_function(&damaged->object, found[i])),
                  "\"%s\", and %p is answered", symbol_file_reason(answer), found[i]);
    return answer;
}

struct place {
    size_t start, length;
};

static struct place place_of(const struct damaged *damaged, uint32_t type, bool names)
{
    const ElfW(Ehdr) *header = (const void *)damaged->bytes;
    const ElfW(Shdr) *sections = (const void *)(damaged->bytes + header->e_shoff);

    for (size_t i = 0; i < header->e_shnum; i++)
        if (sections[i].sh_type == type) {
            const ElfW(Shdr) *section = &sections[names ? sections[i].sh_link : i];

            return (struct place){section->sh_offset, section->sh_size};
        }
    return (struct place){0, sizeof(*header)};
}

static void damage(const struct damaged *damaged, const struct place *place)
{
    static const uint64_t odd[] = {0, UINT64_MAX, 0x7fffffff, 0xffffffff, 0x8000000000000000,
                                   1, 24};
    off_t offset = (off_t)(place->start + next_number() % place->length);
    unsigned char byte = damaged->bytes[offset] ^ (unsigned char)(1u << next_number() % 8);

    if (next_number() % 4)
        cr_assert(pwrite(damaged->copy, &byte, 1, offset) == 1);
    else
        cr_assert(pwrite(damaged->copy, &odd[next_number() % 7], (size_t)1 << next_number() % 4,
                         offset & ~INT64_C(7)) > 0);
}

static void survives_damage(const char *name)
{
    enum { ROUNDS = 20000, PLACES = 6 };
    struct damaged damaged = take(name);
    const ElfW(Ehdr) *header = (const void *)damaged.bytes;
    const struct place places[PLACES] = {
        {0, sizeof(*header)},
        {header->e_shoff, header->e_shnum * sizeof(ElfW(Shdr))},
        {header->e_shoff, header->e_shnum * sizeof(ElfW(Shdr))},
        place_of(&damaged, SHT_SYMTAB, false),
        place_of(&damaged, SHT_SYMTAB, true),
        place_of(&damaged, SHT_NOTE, false),
    };
    size_t answers[SYMBOLS_NO_MEMORY + 1] = {0};

    mend(&damaged);
    cr_assert(ask(&damaged) == SYMBOLS_FOUND, "the undamaged file is not read");
    for (int round = 0; round < ROUNDS; round++) {
        mend(&damaged);
        for (uint64_t times = 1 + next_number() % 6; times > 0; times--)
            damage(&damaged, &places[next_number() % PLACES]);
        answers[ask(&damaged)]++;
    }
    cr_assert(answers[SYMBOLS_FOUND] > ROUNDS / 20 && answers[SYMBOLS_FOUND] < ROUNDS / 4 * 3 &&
                  answers[SYMBOLS_OTHER] > 0 && answers[SYMBOLS_DAMAGED] > 0,
              "the damage is too rough or too mild: %zu found, %zu other, %zu damaged",
              answers[SYMBOLS_FOUND], answers[SYMBOLS_OTHER], answers[SYMBOLS_DAMAGED]);
}

Test(symbol_damage, of_a_file_with_a_build_id_is_survived)
{
    survives_damage("copy.so");
}

Test(symbol_damage, of_a_file_without_a_build_id_is_survived)
{
    survives_damage("copy-anonymous.so");
}

Test(symbol_damage, of_a_file_that_is_cut_is_survived)
{
    struct damaged damaged = take("copy.so");
    size_t found = 0, cuts = 0;

    mend(&damaged);
    for (size_t end = damaged.size; end > 5; end -= 1 + next_number() % 5) {
        cr_assert(ftruncate(damaged.copy, (off_t)end) == 0);
        found += ask(&damaged) == SYMBOLS_FOUND;
        cuts++;
    }
    cr_expect(found < cuts / 2, "%zu of %zu cuts are not noticed", found, cuts);
}

/* A table of names that holds one of those wanted over and over. */
Test(symbol_damage, more_names_than_are_kept_are_not_believed)
{
    struct damaged damaged = take("copy.so");
    const struct place names = place_of(&damaged, SHT_SYMTAB, true);
    static const char name[] = "copied_first";

    mend(&damaged);
    cr_assert(names.length > 64);
    for (size_t i = 0; i + sizeof(name) < names.length; i += sizeof(name))
        cr_assert(pwrite(damaged.copy, name, sizeof(name), (off_t)(names.start + i)) > 0);
    ask(&damaged);
}

static ElfW(Shdr) section_to_change(const struct damaged *damaged, off_t *offset)
{
    const ElfW(Ehdr) *header = (const void *)damaged->bytes;
    const ElfW(Shdr) *sections = (const void *)(damaged->bytes + header->e_shoff);
    size_t i = 0;

    while (sections[i].sh_type != SHT_SYMTAB)
        i++;
    *offset = (off_t)(header->e_shoff + i * sizeof(*sections));
    return sections[i];
}

/* Tables without measure: in a file with a hole that is as large, they would even be there. */
Test(symbol_damage, tables_without_measure_cost_little)
{
    const off_t half = (off_t)1 << (sizeof(off_t) == 8 ? 40 : 29);
    struct damaged damaged = take("copy.so");
    off_t offset;
    ElfW(Shdr) symbols = section_to_change(&damaged, &offset);

    mend(&damaged);
    symbols.sh_size = (__typeof__(symbols.sh_size))half;
    cr_assert(pwrite(damaged.copy, &symbols, sizeof(symbols), offset) == sizeof(symbols) &&
              ftruncate(damaged.copy, 2 * half) == 0);
    for (int i = 0; i < 1000; i++)
        cr_assert(ask(&damaged) == SYMBOLS_DAMAGED);
}
