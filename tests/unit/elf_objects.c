/*
 * Symbol look-up in what is really mapped: the answers are dlsym()'s.
 */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_binding.h"
#include "elf_image.h"
#include "trees.h"

TestSuite(elf_objects, .timeout = 120);

enum { MOST_HEADERS = 32 };

struct object {
    const char *name; /* a part of its path; "" is the program itself */
    bool found;
    struct elf_image image;
};

static int take_image(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct object *object = argument;

    if (size == 0 ||
        (*object->name ? !strstr(info->dlpi_name, object->name) : *info->dlpi_name != '\0'))
        return 0;
    object->found =
        elf_image_read(&object->image, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
    return 1;
}

static struct elf_image mapped(const char *name)
{
    struct object object = {.name = name};

    dl_iterate_phdr(take_image, &object);
    cr_assert(object.found, "%s has no symbols that can be read", name);
    return object.image;
}

static const ElfW(Ehdr) *file_of(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    void *bytes;

    cr_assert(descriptor >= 0 && fstat(descriptor, &about) == 0, "%s", path);
    bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    cr_assert(bytes != MAP_FAILED);
    close(descriptor);
    return bytes;
}

/* Whether one of the definitions of this name lies there: elf_image looks at no versions. */
static bool defines_at(const ElfW(Sym) *symbols, size_t count, const char *strings,
                       const ElfW(Sym) *like, uintptr_t offset)
{
    for (size_t i = 0; i < count; i++)
        if (symbols[i].st_shndx != SHN_UNDEF && symbols[i].st_value == offset &&
            strcmp(strings + symbols[i].st_name, strings + like->st_name) == 0)
            return true;
    return false;
}

static bool is_plain(const ElfW(Sym) *symbol)
{
    int type = ELF64_ST_TYPE(symbol->st_info);

    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS && symbol->st_value != 0 &&
           ELF64_ST_BIND(symbol->st_info) != STB_LOCAL &&
           (type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE);
}

/* Every plain symbol of the file is found in the image where dlsym() finds it; returns how many. */
static size_t compare(const ElfW(Ehdr) *file, const struct elf_image *image, void *handle)
{
    const char *bytes = (const char *)file;
    const ElfW(Shdr) *sections = (const void *)(bytes + file->e_shoff);
    const ElfW(Shdr) *table = NULL;
    const ElfW(Sym) *symbols;
    const char *strings;
    size_t count, compared = 0;

    for (int i = 0; i < file->e_shnum; i++)
        if (sections[i].sh_type == SHT_DYNSYM)
            table = &sections[i];
    cr_assert(handle && table);
    symbols = (const void *)(bytes + table->sh_offset);
    strings = bytes + sections[table->sh_link].sh_offset;
    count = table->sh_size / sizeof(*symbols);

    for (size_t i = 1; i < count; i++) {
        const char *name = strings + symbols[i].st_name;
        uintptr_t found = (uintptr_t)elf_image_symbol(image, name);
        void *wanted = dlsym(handle, name);

        /* _end and the like lie behind the object, where no function can. */
        if (!is_plain(&symbols[i]) || !wanted || !elf_image_contains(image, wanted))
            continue;
        compared++;
        cr_assert(found == (uintptr_t)wanted ||
                      defines_at(symbols, count, strings, &symbols[i], found - image->base),
                  "%s is at %p, but is found at %p", name, wanted, (void *)found);
    }
    return compared;
}

static void finds_no_others(const struct elf_image *image)
{
    static const char *const names[] = {"", "no_such_function", "printf_", "prin",
                                        "RAND_set_rand_method"};
    char longest[5000];

    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        cr_assert(elf_image_symbol(image, names[i]) == NULL, "\"%s\" is found", names[i]);
    cr_assert(elf_image_symbol(image, longest) == NULL);
}

Test(elf_objects, every_symbol_of_the_c_library_is_found)
{
    struct elf_image image = mapped("libc.so.6");
    Dl_info about;

    cr_assert(dladdr(dlsym(RTLD_DEFAULT, "printf"), &about));
    cr_assert(compare(file_of(about.dli_fname), &image, dlopen("libc.so.6", RTLD_NOW)) > 1000);
    finds_no_others(&image);
    cr_assert_str_eq(elf_image_soname(&image), "libc.so.6");
    cr_assert(elf_image_contains(&image, dlsym(RTLD_DEFAULT, "printf")));
    cr_assert(!elf_image_contains(&image, &image) && !elf_image_contains(&image, NULL));
}

Test(elf_objects, code_that_can_only_be_executed_is_found)
{
    struct elf_image image = mapped("libc.so.6");
    ElfW(Phdr) headers[MOST_HEADERS];

    cr_assert(image.header_count <= MOST_HEADERS);
    memcpy(headers, image.headers, image.header_count * sizeof(*headers));
    image.headers = headers;
    for (size_t i = 0; i < image.header_count; i++)
        if (headers[i].p_flags == (PF_R | PF_X))
            headers[i].p_flags = PF_X;
    cr_expect(elf_image_symbol(&image, "printf"), "an OpenSSL of such code is none");
}

Test(elf_objects, every_symbol_of_the_program_is_found)
{
    struct elf_image image = mapped("");

    cr_assert(compare(file_of("/proc/self/exe"), &image, dlopen(NULL, RTLD_NOW)) > 10);
    finds_no_others(&image);
    cr_assert(elf_image_symbol(&image, "keep_notice") == dlsym(RTLD_DEFAULT, "keep_notice"));
    cr_assert(elf_image_soname(&image) == NULL);
    cr_assert(elf_may_need(&image, "libc.so.6"));
    cr_assert(!elf_may_need(&image, "libc.so") && !elf_may_need(&image, "libc.so.66") &&
              !elf_may_need(&image, ""));
}

Test(elf_objects, every_symbol_of_the_vdso_is_found)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
    struct elf_image image;
    void *handle;

    if (!header)
        cr_skip_test("this kernel has no vDSO");
    cr_assert(elf_image_read_at(&image, header));
    handle = dlopen(elf_image_soname(&image), RTLD_NOLOAD | RTLD_NOW);
    cr_assert(handle != NULL, "%s", dlerror());
    cr_assert(compare(header, &image, handle) >= 4);
    cr_assert(elf_image_symbol(&image, "__vdso_clock_gettime") ||
              elf_image_symbol(&image, "__kernel_clock_gettime"));
    finds_no_others(&image);
    cr_assert(!elf_may_need(&image, "libc.so.6"));
}

/* patchelf moves the strings: in front of the symbols, or into another segment. What follows the
 * symbols then is no symbol. */
Test(elf_objects, what_is_imported_is_known_wherever_the_strings_lie)
{
    const struct elf_image linked = mapped("");
    const size_t symbols = linked.strings - linked.symbols, behind = 1024;
    const size_t room = (linked.strings_size + 15) & ~(size_t)15;
    unsigned char *moved = calloc(1, room + symbols + behind);
    const ElfW(Phdr) segment = {.p_type = PT_LOAD,
                                .p_flags = PF_R,
                                .p_filesz = room + symbols + behind,
                                .p_memsz = room + symbols + behind};
    struct elf_image image = {.base = (uintptr_t)moved,
                              .headers = &segment,
                              .header_count = 1,
                              .strings = (uintptr_t)moved,
                              .strings_size = linked.strings_size,
                              .symbols = (uintptr_t)moved + room};
    uint32_t version;

    cr_assert(moved && linked.strings > linked.symbols);
    memcpy(moved, (const void *)linked.strings, linked.strings_size);
    memcpy(moved + room, (const void *)linked.symbols, symbols);
    memset(moved + room + symbols, 'X', behind);
    cr_assert(elf_imports(&linked, "dl_iterate_phdr", &version));
    cr_assert(elf_imports(&image, "dl_iterate_phdr", &version));
    cr_assert(!elf_imports(&image, "dl_iterate", &version));
    free(moved);
}

Test(elf_objects, an_object_begins_where_its_first_page_is_mapped)
{
    const ElfW(Phdr) segment = {
        .p_type = PT_LOAD, .p_offset = 0x200, .p_vaddr = 0x200, .p_filesz = 64, .p_memsz = 64};
    const struct elf_image image = {.base = 0x10000, .headers = &segment, .header_count = 1};

    cr_assert(elf_image_start(&image) == 0x10000,
              "an OpenSSL is taken for two, and each of its calls is looked at");
}

/* As loaded.h has it where the program headers lie out of reach. */
Test(elf_objects, imports_are_looked_for_no_farther_than_to_the_next_table)
{
    const ElfW(Phdr) whole = {.p_type = PT_LOAD,
                              .p_flags = PF_R | PF_W,
                              .p_filesz = UINTPTR_MAX / 2,
                              .p_memsz = UINTPTR_MAX / 2};
    const struct elf_image linked = mapped("");
    struct elf_image image = linked;
    /* Far behind the symbols, and nothing is mapped between. */
    char *moved = __builtin_alloca(linked.strings_size);
    uint32_t version;

    memcpy(moved, (const void *)linked.strings, linked.strings_size);
    image.headers = &whole;
    image.header_count = 1;
    image.strings = (uintptr_t)moved;
    image.gnu_hash = 0;
    cr_assert(image.strings > image.symbols);
    cr_assert(elf_imports(&image, "dl_iterate_phdr", &version));
    cr_assert(!elf_imports(&image, "dl_iterate", &version));
}

/* Nothing is mapped behind the symbols, and no table follows. */
Test(elf_objects, imports_are_looked_for_no_farther_than_DT_HASH_says)
{
    const struct elf_image linked = mapped("");
    const ElfW(Phdr) whole = {.p_type = PT_LOAD,
                              .p_flags = PF_R | PF_W,
                              .p_filesz = UINTPTR_MAX - linked.base,
                              .p_memsz = UINTPTR_MAX - linked.base};
    const size_t count = (linked.strings - linked.symbols) / sizeof(ElfW(Sym));
    const size_t size = count * sizeof(ElfW(Sym)), room = (size + 0xffff) & ~(size_t)0xffff;
    const sysv_word hash[] = {1, (sysv_word)count};
    char *start = mmap(NULL, 2 * room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct elf_image image = linked;
    uint32_t version;

    cr_assert(start != MAP_FAILED && mprotect(start + room, room, PROT_NONE) == 0);
    memcpy(start + room - size, (const void *)linked.symbols, size);
    image.headers = &whole;
    image.header_count = 1;
    image.dynamic_count = 0;
    image.symbols = (uintptr_t)start + room - size;
    image.gnu_hash = 0;
    image.sysv_hash = (uintptr_t)hash;
    cr_assert(elf_imports(&image, "dl_iterate_phdr", &version));
    cr_assert(!elf_imports(&image, "dl_iterate", &version));
}

static void small(const char *file, bool by_gnu_hash)
{
    const char *path = built(file);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    struct elf_image image = mapped(file);

    cr_assert(handle != NULL);
    cr_assert((image.gnu_hash != 0) == by_gnu_hash && (image.sysv_hash != 0) == !by_gnu_hash,
              "%s is not linked as this test wants it", path);
    cr_assert(compare(file_of(path), &image, handle) >= 67);
    finds_no_others(&image);
    cr_assert(elf_image_symbol(&image, "small_weak") && elf_image_symbol(&image, "small_object"));
    cr_assert(!elf_image_symbol(&image, "small_of_thread") &&
                  !elf_image_symbol(&image, "small_of_thread_too"),
              "a thread's variable has no one address");
    cr_assert(elf_image_symbol(&image, "small_local") == NULL);
    cr_assert(elf_image_symbol(&image, "sqrt") == NULL,
              "what a library only needs is taken for its own");
    cr_assert_str_eq(elf_image_soname(&image), "libsmall.so.1");
    cr_assert(elf_may_need(&image, "libm.so.6") && !elf_may_need(&image, "libsmall.so.1"));
}

Test(elf_objects, a_library_with_DT_HASH_only_is_read)
{
    small("tests/unit/small-sysv.so", false);
}

Test(elf_objects, a_library_with_DT_GNU_HASH_only_is_read)
{
    small("tests/unit/small-gnu.so", true);
}

Test(elf_objects, all_that_is_mapped_is_read_without_a_crash)
{
    static const char *const names[] = {"libcriterion", "libm.so", "libpthread", "ld-linux"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct object object = {.name = names[i]};

        dl_iterate_phdr(take_image, &object);
        if (object.found)
            finds_no_others(&object.image);
    }
}
