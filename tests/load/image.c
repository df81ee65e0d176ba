/*
 * What the file itself promises: it loads beside any C library, in any host, and takes no
 * protection away from it. Asked of every build that a distributor may make.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "elf_file.h"
#include "load.h"

enum { LARGEST_STRIPPED = 64 * 1024, X86_IBT = 1, X86_SHSTK = 2 };

static const char *const variants[] = {"gcc", "clang", "hardened", "O0", "O3", NULL};

static char *variant_path(const char *variant)
{
    return text_format("%s/libosrandom_preload.so", variant);
}

/* The build that make has just made, then each variant that is there. */
static void with_each(void (*check)(const struct elf_file *file, const char *variant))
{
    struct elf_file *file = elf_file_read(the_shim());

    check(file, "the shim");
    elf_file_free(file);
    for (const char *const *variant = variants; *variant; variant++) {
        char *path = variant_path(*variant);

        if (load_built(path)) {
            file = elf_file_read(load_file(path));
            check(file, *variant);
            elf_file_free(file);
        }
        free(path);
    }
}

static int compare(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The names in order, one a line. */
static char *sorted_lines(const char *names[], size_t count)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    qsort(names, count, sizeof(*names), compare);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "%s\n", names[i]);
    fclose(stream);
    return text;
}

static char *symbols(const struct elf_file *file, bool defined)
{
    const char **names = calloc(file->symbol_count, sizeof(*names));
    size_t count = 0;
    char *text;

    for (size_t i = 1; i < file->symbol_count; i++)
        if ((file->symbols[i].st_shndx != SHN_UNDEF) == defined)
            names[count++] = elf_file_name(file, &file->symbols[i]);
    text = sorted_lines(names, count);
    free(names);
    return text;
}

static void expect_symbols(const struct elf_file *file, bool defined, const char *golden,
                           const char *complaint)
{
    char *wanted = text_of_file(golden);
    char *found = symbols(file, defined);

    cr_expect_str_eq(found, wanted, "%s; %s says what was agreed", complaint, golden);
    free(found);
    free(wanted);
}

static void check_exports(const struct elf_file *file, const char *variant)
{
    expect_symbols(file, true, "tests/load/exports.golden", variant);
    for (size_t i = 1; i < file->symbol_count; i++)
        cr_expect(file->symbols[i].st_shndx == SHN_UNDEF ||
                      ELF64_ST_BIND(file->symbols[i].st_info) == STB_GLOBAL,
                  "%s: %s is exported weakly, and another definition may win", variant,
                  elf_file_name(file, &file->symbols[i]));
}

Test(image, exports_what_was_agreed_and_nothing_else)
{
    with_each(check_exports);
}

static void check_imports(const struct elf_file *file, const char *variant)
{
    expect_symbols(file, false, "tests/load/imports.golden", variant);
    for (size_t i = 1; i < file->symbol_count; i++)
        cr_expect(file->symbols[i].st_shndx != SHN_UNDEF ||
                      ELF64_ST_BIND(file->symbols[i].st_info) == STB_WEAK,
                  "%s: a host without %s could not start", variant,
                  elf_file_name(file, &file->symbols[i]));
}

Test(image, imports_a_few_names_and_can_do_without_each)
{
    with_each(check_imports);
}

static void check_independence(const struct elf_file *file, const char *variant)
{
    cr_expect(!elf_file_dynamic(file, DT_NEEDED), "%s pulls another library into its hosts",
              variant);
    cr_expect(!elf_file_dynamic(file, DT_VERNEED) && !elf_file_dynamic(file, DT_VERDEF) &&
                  !elf_file_dynamic(file, DT_VERSYM),
              "%s asks for symbol versions, which bind it to one C library", variant);
    cr_expect(!elf_file_dynamic(file, DT_RPATH) && !elf_file_dynamic(file, DT_RUNPATH),
              "%s carries a search path", variant);
    cr_expect(!elf_file_segment(file, PT_TLS) && !elf_file_segment(file, PT_INTERP),
              "%s has thread-local storage, which a late dlopen() may find no room for", variant);
}

Test(image, needs_no_library_and_no_version_of_one)
{
    with_each(check_independence);
}

static bool is_import(const struct elf_file *file, size_t symbol)
{
    return symbol == 0 || file->symbols[symbol].st_shndx == SHN_UNDEF;
}

/* Machines of 32 bits keep the addends in the places that are relocated. */
#if defined(__i386__) || defined(__arm__)
enum { RELOCATIONS = SHT_REL };
typedef ElfW(Rel) relocation;
#define SYMBOL_OF ELF32_R_SYM
#else
enum { RELOCATIONS = SHT_RELA };
typedef ElfW(Rela) relocation;
#define SYMBOL_OF ELF64_R_SYM
#endif

/* What it resolves by name must not be its own: a host's main program would come first. */
static void check_relocations(const struct elf_file *file, const char *variant)
{
    const ElfW(Shdr) *section = elf_file_section(file, RELOCATIONS);
    const relocation *entries;

    cr_assert(section != NULL, "%s: no relocations; has the format changed?", variant);
    entries = (const relocation *)(file->bytes + section->sh_offset);
    for (size_t i = 0; i < section->sh_size / sizeof(*entries); i++) {
        size_t symbol = SYMBOL_OF(entries[i].r_info);

        cr_expect(is_import(file, symbol),
                  "%s calls its own %s by name, and in Node.js would reach Node's", variant,
                  elf_file_name(file, &file->symbols[symbol]));
#ifdef __x86_64__
        cr_expect(ELF64_R_TYPE(entries[i].r_info) == R_X86_64_RELATIVE ||
                      ELF64_R_TYPE(entries[i].r_info) == R_X86_64_GLOB_DAT,
                  "%s has a relocation of type %u", variant,
                  (unsigned int)ELF64_R_TYPE(entries[i].r_info));
#endif
    }
    /* On i386, clang's calls pass by a table that is bound at the start; it has no lazy entries. */
#ifndef __i386__
    cr_expect(!elf_file_dynamic(file, DT_PLTGOT), "%s has a procedure linkage table", variant);
#endif
    cr_expect(!elf_file_dynamic(file, DT_JMPREL),
              "%s has a procedure linkage table: some call goes round -fno-plt", variant);
}

Test(image, never_calls_itself_by_a_name_that_it_exports)
{
    with_each(check_relocations);
}

static void check_hardening(const struct elf_file *file, const char *variant)
{
    const ElfW(Dyn) *flags = elf_file_dynamic(file, DT_FLAGS);
    const ElfW(Dyn) *flags_1 = elf_file_dynamic(file, DT_FLAGS_1);
    const ElfW(Phdr) *stack = elf_file_segment(file, PT_GNU_STACK);

    cr_expect(flags && flags->d_un.d_val & DF_BIND_NOW && flags_1 && flags_1->d_un.d_val & DF_1_NOW,
              "%s is bound lazily: its table of addresses stays writable", variant);
    cr_expect(elf_file_segment(file, PT_GNU_RELRO), "%s: relocated data stays writable", variant);
    cr_expect(!elf_file_dynamic(file, DT_TEXTREL) && !(flags && flags->d_un.d_val & DF_TEXTREL),
              "%s: SELinux refuses code that is relocated in place", variant);
    cr_expect(flags_1 && flags_1->d_un.d_val & DF_1_NODELETE,
              "%s can be unloaded, and OpenSSL's method would point into nothing", variant);
    cr_expect(stack && !(stack->p_flags & PF_X), "%s makes its hosts' stacks executable", variant);
}

Test(image, endangers_no_memory_of_its_hosts)
{
    with_each(check_hardening);
}

static void check_segments(const struct elf_file *file, const char *variant)
{
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)(file->bytes + file->header->e_phoff);

    for (size_t i = 0; i < file->header->e_phnum; i++)
        cr_expect((headers[i].p_flags & (PF_W | PF_X)) != (PF_W | PF_X),
                  "%s has memory that is writable and executable", variant);
}

Test(image, has_no_memory_that_is_writable_and_executable)
{
    with_each(check_segments);
}

#ifdef __x86_64__
static void check_cet(const struct elf_file *file, const char *variant)
{
    uint32_t features = elf_file_property(file, GNU_PROPERTY_X86_FEATURE_1_AND);

    cr_expect(features & X86_IBT, "%s turns indirect branch tracking off for its hosts", variant);
    cr_expect(features & X86_SHSTK, "%s turns the shadow stack off for its hosts", variant);
}

Test(image, leaves_control_flow_protection_on)
{
    with_each(check_cet);
}
#endif

static void expect_small(const char *shim, const char *variant)
{
    char *directory = directory_new();
    char *stripped = text_format("%s/stripped.so", directory);
    struct outcome outcome = run_words(NULL, NULL, NULL, "strip", "-o", stripped, shim, NULL);
    struct stat status = {0};

    expect_exit(&outcome, 0, "strip");
    cr_expect(stat(stripped, &status) == 0 && status.st_size <= LARGEST_STRIPPED,
              "%s takes %ld bytes, more than %d", variant, (long)status.st_size, LARGEST_STRIPPED);
    outcome_free(&outcome);
    free(stripped);
    directory_free(directory);
}

Test(image, is_small_when_stripped)
{
    expect_small(the_shim(), "the shim");
    for (const char *const *variant = variants; *variant; variant++) {
        char *path = variant_path(*variant);
        bool for_debuggers = strcmp(*variant, "O0") == 0;

        if (!for_debuggers && load_built(path))
            expect_small(load_file(path), *variant);
        free(path);
    }
}

/* The names between "global:" and "local:". */
static char *names_in_map(char *map)
{
    char *end = strstr(map, "local:");
    const char *names[256];
    size_t count = 0;
    char *name;

    cr_assert(strstr(map, "global:") && end, "preload/exports.map has an unknown form");
    *end = '\0';
    name = strtok(strstr(map, "global:") + strlen("global:"), " \n;");
    for (; name && count < sizeof(names) / sizeof(names[0]); name = strtok(NULL, " \n;"))
        names[count++] = name;
    return sorted_lines(names, count);
}

Test(image, exports_map_lists_what_was_agreed)
{
    char *map = text_of_file("preload/exports.map");
    char *wanted = text_of_file("tests/load/exports.golden");
    char *listed = names_in_map(map);

    cr_expect_str_eq(listed, wanted, "preload/exports.map and exports.golden differ");
    free(listed);
    free(wanted);
    free(map);
}

Test(image, is_built_by_every_compiler_and_with_every_flag)
{
    for (const char *const *variant = variants; *variant; variant++) {
        char *path = variant_path(*variant);
        bool there = load_built(path);

        free(path);
        if (!there)
            cr_skip_test("no build '%s' here: clang or dpkg-buildflags (dpkg-dev) is missing",
                         *variant);
    }
}
