/*
 * Damaged and cut objects: a look-up in them returns, whatever it finds.
 *
 * A library is laid out in memory as a loader does, nothing between and around its segments being
 * readable, and is damaged in its tables by a generator with a fixed seed.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "elf_binding.h"
#include "elf_image.h"
#include "trees.h"

TestSuite(elf_damage, .timeout = 120);

enum { MOST_HEADERS = 16, MOST_SPAN = 1 << 20, PAGE = 4096 };

struct laid_out {
    unsigned char *file;
    unsigned char *memory; /* MOST_SPAN, at first none of it accessible */
    ElfW(Phdr) headers[MOST_HEADERS];
    size_t count;
};

static uint64_t seed = 20240229;

/* splitmix64 */
static uint64_t next_number(void)
{
    uint64_t mixed = seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static void lay_out(struct laid_out *object)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)object->file;

    object->count = header->e_phnum;
    cr_assert(object->count <= MOST_HEADERS);
    memcpy(object->headers, object->file + header->e_phoff,
           object->count * sizeof(object->headers[0]));
    for (size_t i = 0; i < object->count; i++) {
        const ElfW(Phdr) *load = &object->headers[i];
        uintptr_t start = load->p_vaddr & -(uintptr_t)PAGE;

        if (load->p_type != PT_LOAD)
            continue;
        cr_assert(load->p_vaddr + load->p_memsz <= MOST_SPAN);
        mprotect(object->memory + start, load->p_vaddr + load->p_memsz - start,
                 PROT_READ | PROT_WRITE);
        memcpy(object->memory + load->p_vaddr, object->file + load->p_offset, load->p_filesz);
    }
}

static struct laid_out load(const char *name)
{
    struct laid_out object = {.file = malloc(MOST_SPAN)};
    int descriptor = open(built(name), O_RDONLY | O_CLOEXEC);

    cr_assert(object.file &&
              read(descriptor, object.file, MOST_SPAN) > (ssize_t)sizeof(ElfW(Ehdr)));
    close(descriptor);
    object.memory = mmap(NULL, MOST_SPAN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(object.memory != MAP_FAILED);
    lay_out(&object);
    return object;
}

static bool read_image(const struct laid_out *object, struct elf_image *image)
{
    return elf_image_read(image, (uintptr_t)object->memory, object->headers, object->count);
}

struct bound {
    const struct elf_image *image;
    size_t names;
};

static void count_name(uintptr_t word, size_t symbol, void *context)
{
    struct bound *bound = context;

    (void)word;
    bound->names += elf_symbol_name(bound->image, symbol) != NULL;
}

/* Asks all that can be asked. */
static size_t ask(const struct laid_out *object)
{
    static const char *const names[] = {"small_113",  "small_400", "small_object", "small_root",
                                        "small_weak", "sqrt",      "no_such_name", ""};
    struct elf_image image;
    struct bound bound = {.image = &image};
    uint32_t versions[4];
    const char *soname;
    size_t found = 0;

    if (!read_image(object, &image))
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        void *address = elf_image_symbol(&image, names[i]);

        found += address != NULL;
        cr_assert(!address || elf_image_contains(&image, address),
                  "%s is found outside of the library", names[i]);
    }
    soname = elf_image_soname(&image);
    if (soname)
        found += strlen(soname) != 0;
    found += elf_may_need(&image, "libm.so.6");
    found += elf_imports(&image, "sqrt", versions);
    elf_each_bound(&image, count_name, &bound);
    found += bound.names > 0;
    cr_assert(elf_versions(&image, versions, 4) <= 4);
    elf_fingerprint(&image);
    found += elf_image_contains(&image, (void *)(uintptr_t)next_number());
    return found;
}

enum { ALL_FOUND = 9 };

/* Where damage tells: the dynamic section and the tables that it names. */
struct place {
    size_t start, length;
};

static size_t places_of(const struct laid_out *object, struct place places[5])
{
    struct elf_image image;
    uintptr_t base = (uintptr_t)object->memory;
    uintptr_t hash;

    cr_assert(read_image(object, &image));
    hash = image.gnu_hash ? image.gnu_hash : image.sysv_hash;
    places[0] =
        (struct place){(uintptr_t)image.dynamic - base, image.dynamic_count * sizeof(ElfW(Dyn))};
    places[1] = (struct place){hash - base, 16};
    places[2] = (struct place){hash - base, 600};
    places[3] = (struct place){image.symbols - base, 80 * sizeof(ElfW(Sym))};
    places[4] = (struct place){image.strings - base, image.strings_size};
    return 5;
}

static void damage(const struct laid_out *object, const struct place *place)
{
    unsigned char *byte = object->memory + place->start + next_number() % place->length;

    switch (next_number() % 4) {
    case 0:
        *byte = 0;
        break;
    case 1:
        *byte = 0xff;
        break;
    default:
        *byte ^= (unsigned char)(1u << next_number() % 8);
        break;
    }
}

static void survives_damage(const char *name)
{
    enum { ROUNDS = 20000 };
    struct laid_out object = load(name);
    struct place places[5];
    size_t count = places_of(&object, places);
    size_t whole = 0, read = 0;

    cr_assert(ask(&object) == ALL_FOUND, "the undamaged library is not read (%zu)", ask(&object));
    for (int round = 0; round < ROUNDS; round++) {
        size_t found;

        lay_out(&object);
        for (uint64_t times = 1 + next_number() % 6; times > 0; times--)
            damage(&object, &places[next_number() % count]);
        found = ask(&object);
        read += found > 0;
        whole += found == ALL_FOUND;
    }
    cr_assert(read > ROUNDS / 4 && whole < ROUNDS / 4 * 3,
              "the damage is too rough or too mild: %zu read, %zu whole", read, whole);
}

Test(elf_damage, of_tables_with_DT_HASH_is_survived)
{
    survives_damage("tests/unit/small-sysv.so");
}

Test(elf_damage, of_tables_with_DT_GNU_HASH_is_survived)
{
    survives_damage("tests/unit/small-gnu.so");
}

/* The object ends at this address, as a file that was cut: what lies behind is not there. */
static void cut(struct laid_out *object, size_t end)
{
    size_t last_page = (end + PAGE - 1) & -(size_t)PAGE;

    for (size_t i = 0; i < object->count; i++) {
        ElfW(Phdr) *load = &object->headers[i];

        if (load->p_type != PT_LOAD || load->p_vaddr + load->p_memsz <= end)
            continue;
        load->p_memsz = load->p_vaddr < end ? end - load->p_vaddr : 0;
        load->p_filesz = load->p_memsz;
    }
    mprotect(object->memory + last_page, MOST_SPAN - last_page, PROT_NONE);
}

static void survives_cuts(const char *name)
{
    struct laid_out object = load(name);
    size_t end = 0;

    for (size_t i = 0; i < object.count; i++)
        if (object.headers[i].p_type == PT_LOAD)
            end = object.headers[i].p_vaddr + object.headers[i].p_memsz;
    for (; end > 3; end -= 1 + next_number() % 3) {
        cut(&object, end);
        ask(&object);
    }
    cr_assert(ask(&object) == 0, "something is found in a library of three bytes");
}

Test(elf_damage, of_a_library_with_DT_HASH_that_is_cut_is_survived)
{
    survives_cuts("tests/unit/small-sysv.so");
}

Test(elf_damage, of_a_library_with_DT_GNU_HASH_that_is_cut_is_survived)
{
    survives_cuts("tests/unit/small-gnu.so");
}

Test(elf_damage, a_string_without_an_end_is_no_name)
{
    struct laid_out object = load("tests/unit/small-gnu.so");
    struct place places[5];
    struct elf_image image;

    places_of(&object, places);
    memset(object.memory + places[4].start, 'x', places[4].length);
    cr_assert(read_image(&object, &image));
    cr_assert(elf_image_soname(&image) == NULL, "a name runs on behind the string table");
    cr_assert(!elf_may_need(&image, "libm.so.6"));
    cr_assert(elf_image_symbol(&image, "small_113") == NULL);
}

/* Every chain leads to itself, and the table claims to hold four billion symbols. */
Test(elf_damage, a_chain_of_DT_HASH_without_an_end_does_not_hang_the_program)
{
    struct laid_out object = load("tests/unit/small-sysv.so");
    struct place places[5];
    uint32_t *table;
    uint32_t buckets, symbols;

    places_of(&object, places);
    table = (uint32_t *)(object.memory + places[1].start);
    buckets = table[0];
    symbols = table[1];
    table[1] = UINT32_MAX;
    for (uint32_t i = 0; i < symbols; i++)
        table[2 + buckets + i] = i;
    ask(&object);
}

Test(elf_damage, no_segments_no_symbols)
{
    struct laid_out object = load("tests/unit/small-gnu.so");
    struct elf_image image;

    cr_assert(!elf_image_read(&image, (uintptr_t)object.memory, object.headers, 0));
    cr_assert(!elf_image_contains(&image, object.memory));
    for (size_t i = 0; i < object.count; i++)
        if (object.headers[i].p_type == PT_DYNAMIC)
            object.headers[i].p_type = PT_NULL;
    cr_assert(!read_image(&object, &image));
}
