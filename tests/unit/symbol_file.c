/*
 * Functions that an object does not export are found in its file or in its debug symbols, if that
 * is the file in memory, and nothing is found otherwise.
 */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_id.h"
#include "spawn.h"
#include "symbol_objects.h"

TestSuite(symbol_file, .timeout = 120);

static void expect_found(const struct mapped_object *object, int copy)
{
    void *found[2];
    enum symbol_file_answer answer = look(object, copy, found);

    cr_expect(answer == SYMBOLS_FOUND, "%s", symbol_file_reason(answer));
    cr_expect(found[0] == function_of(object, copy ? copy : 1, FIRST) &&
                  found[1] == function_of(object, copy ? copy : 1, SECOND),
              "another function is taken for it");
}

static void expect_none(const struct mapped_object *object, int copy,
                        enum symbol_file_answer wanted)
{
    void *found[2];
    enum symbol_file_answer answer = look(object, copy, found);

    cr_expect(answer == wanted, "it says \"%s\", not \"%s\"", symbol_file_reason(answer),
              symbol_file_reason(wanted));
    cr_expect(!found[0] && !found[1], "an address is answered all the same");
}

Test(symbol_file, local_functions_are_found)
{
    struct mapped_object object = map_object("copy.so"),
                         anonymous = map_object("copy-anonymous.so");

    expect_found(&object, 1);
    expect_found(&object, 0);
    expect_found(&anonymous, 1);
}

Test(symbol_file, nothing_is_left_behind)
{
    struct mapped_object object = map_object("copy.so"), stripped = map_object("copy-stripped.so");
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);

    close(next);
    errno = E2BIG;
    expect_found(&object, 1);
    expect_none(&stripped, 1, SYMBOLS_NONE);
    cr_expect(errno == E2BIG, "errno is %d", errno);
    cr_expect(open("/dev/null", O_RDONLY | O_CLOEXEC) == next, "a descriptor is left open");
}

/* ---- Every function of a larger file: this program's own ---- */

struct functions {
    const ElfW(Sym) *symbols;
    size_t count;
    const char *names;
};

static struct functions own_functions(void)
{
    int descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    off_t size = lseek(descriptor, 0, SEEK_END);
    char *bytes = malloc((size_t)size);
    const ElfW(Ehdr) *header = (const void *)bytes;
    const ElfW(Shdr) *sections;
    struct functions own = {0};

    cr_assert(size > 0 && pread(descriptor, bytes, (size_t)size, 0) == size);
    close(descriptor);
    sections = (const void *)(bytes + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++)
        if (sections[i].sh_type == SHT_SYMTAB) {
            own.symbols = (const void *)(bytes + sections[i].sh_offset);
            own.count = sections[i].sh_size / sizeof(ElfW(Sym));
            own.names = bytes + sections[sections[i].sh_link].sh_offset;
        }
    return own;
}

static bool is_function(const ElfW(Sym) *symbol)
{
    return ELF64_ST_TYPE(symbol->st_info) == STT_FUNC && symbol->st_shndx != SHN_UNDEF;
}

static bool is_only_one(const struct functions *own, const ElfW(Sym) *symbol)
{
    for (size_t i = 0; i < own->count; i++)
        if (is_function(&own->symbols[i]) && own->symbols[i].st_value != symbol->st_value &&
            strcmp(own->names + own->symbols[i].st_name, own->names + symbol->st_name) == 0)
            return false;
    return true;
}

static int take_program(struct dl_phdr_info *info, size_t size, void *image)
{
    (void)size;
    elf_image_read(image, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
    return 1;
}

Test(symbol_file, every_function_of_the_program_is_found)
{
    struct functions own = own_functions();
    struct elf_image image;
    size_t compared = 0;

    dl_iterate_phdr(take_program, &image);
    for (size_t i = 0; i < own.count; i++) {
        const char *name = own.names + own.symbols[i].st_name;
        struct wanted_symbol wanted = {.name = name};

        if (!is_function(&own.symbols[i]) || strlen(name) < 4 || strlen(name) >= SYMBOL_NAME ||
            !is_only_one(&own, &own.symbols[i]))
            continue;
        cr_assert(symbol_file_find(&image, "", NULL, &wanted, 1) == SYMBOLS_FOUND &&
                      (uintptr_t)wanted.address == image.base + own.symbols[i].st_value,
                  "%s is found at %p", name, wanted.address);
        compared++;
    }
    cr_assert(compared > 100, "only %zu functions were compared", compared);
}

/* ---- Other files ---- */

Test(symbol_file, a_stripped_file_has_none)
{
    struct mapped_object object = map_object("copy-stripped.so"),
                         anonymous = map_object("copy-anonymous-stripped.so");

    expect_none(&object, 1, SYMBOLS_NONE);
    expect_none(&anonymous, 1, SYMBOLS_NONE);
}

Test(symbol_file, a_file_that_took_its_place_is_not_believed)
{
    static const char *const names[] = {"copy.so", "copy-anonymous.so"};
    static const char *const others[] = {"copy-other.so", "copy-anonymous.so", "copy.so",
                                         "copy-other-anonymous.so", "small-gnu.so"};

    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < sizeof(others) / sizeof(others[0]); j++) {
            struct mapped_object object = map_object(names[i]);

            replace_file(object.path, others[j]);
            if (strcmp(names[i], others[j]) == 0)
                expect_found(&object, 1);
            else
                expect_none(&object, 1, SYMBOLS_OTHER);
        }
}

Test(symbol_file, the_same_file_that_was_stripped_meanwhile_has_none)
{
    struct mapped_object object = map_object("copy.so");

    replace_file(object.path, "copy-stripped.so");
    expect_none(&object, 1, SYMBOLS_NONE);
}

Test(symbol_file, what_is_no_file_is_neither_read_nor_waited_for)
{
    struct mapped_object object = map_object("copy.so");
    const char *whole = built("tests/unit/copy.so");
    struct rlimit before, none;
    static const char *const paths[] = {"/dev/zero", "/tmp", "/nowhere/at/all", "/dev/tty",
                                        "/proc"};

    unlink(object.path);
    expect_none(&object, 1, SYMBOLS_NO_FILE);
    cr_assert(mkfifo(object.path, 0600) == 0);
    expect_none(&object, 1, SYMBOLS_NO_FILE);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        strcpy(object.path, paths[i]);
        expect_none(&object, 1, SYMBOLS_NO_FILE);
    }
    strcpy(object.path, "/proc/self/maps"); /* a regular file, in its way */
    expect_none(&object, 1, SYMBOLS_OTHER);
    getrlimit(RLIMIT_NOFILE, &before);
    none = (struct rlimit){.rlim_max = before.rlim_max};
    strcpy(object.path, whole);
    cr_assert(setrlimit(RLIMIT_NOFILE, &none) == 0);
    expect_none(&object, 1, SYMBOLS_NO_FILE);
    setrlimit(RLIMIT_NOFILE, &before);
    expect_found(&object, 1);
}

/* ---- Several copies ---- */

Test(symbol_file, two_copies_in_one_object_are_left_alone)
{
    struct mapped_object object = map_object("copy-two.so");

    expect_none(&object, 0, SYMBOLS_AMBIGUOUS);
    expect_none(&object, 1, SYMBOLS_AMBIGUOUS);
    expect_none(&object, 2, SYMBOLS_AMBIGUOUS);
}

Test(symbol_file, a_copy_is_not_taken_for_another_one_without_symbols)
{
    struct mapped_object object = map_object("copy.so");
    struct wanted_symbol wanted = {.name = "copied_first"};

    cr_expect(symbol_file_find(&object.image, object.path, function_of(&object, 1, FIRST), &wanted,
                               1) == SYMBOLS_AMBIGUOUS);
}

/* ---- Debug symbols ---- */

/* A root of its own, in which a debug file lies where the object's build id says. */
static void enter_root_with(const struct mapped_object *object, const char *debug_file)
{
    struct build_id id;
    char root[] = "/tmp/osrandom-root-XXXXXX", path[256];
    struct outcome made;
    int length;

    cr_assert(mkdtemp(root) && build_id_of_image(&id, &object->image));
    length = snprintf(path, sizeof(path), "%s/usr/lib/debug/.build-id/%02x", root, id.bytes[0]);
    made = run_words(NULL, NULL, NULL, "mkdir", "-p", path, NULL);
    cr_assert(made.exit_code == 0);
    outcome_free(&made);
    path[length++] = '/';
    for (size_t i = 1; i < id.size; i++)
        length += sprintf(path + length, "%02x", id.bytes[i]);
    strcpy(path + length, ".debug");
    replace_file(path, debug_file);
    if (chroot(root) != 0 || chdir("/") != 0)
        cr_skip_test("a root of its own needs rights");
}

static void with_debug_file(const char *debug_file, enum symbol_file_answer wanted)
{
    struct mapped_object object = map_object("copy-stripped.so"); /* not there in the root */

    enter_root_with(&object, debug_file);
    if (wanted == SYMBOLS_FOUND)
        expect_found(&object, 1);
    else
        expect_none(&object, 1, wanted);
}

Test(symbol_file, debug_symbols_serve_a_stripped_file)
{
    with_debug_file("copy.debug", SYMBOLS_FOUND);
}

Test(symbol_file, debug_symbols_may_be_the_whole_file)
{
    with_debug_file("copy.so", SYMBOLS_FOUND);
}

Test(symbol_file, debug_symbols_of_another_build_are_not_believed)
{
    with_debug_file("copy-other.debug", SYMBOLS_NO_FILE);
}

Test(symbol_file, debug_symbols_without_a_build_id_are_not_believed)
{
    with_debug_file("copy-anonymous.so", SYMBOLS_NO_FILE);
}

/* ---- Sizes that change ---- */

static _Atomic bool stop;

static void *cut_and_mend(void *path)
{
    struct stat about;

    for (unsigned int turn = 0; !stop && stat(path, &about) == 0; turn++) {
        cr_assert(truncate(path, turn * 997 % 16384) == 0);
        replace_file(path, "copy.so");
    }
    return NULL;
}

/* The file is not the mapped one: a mapping would end with SIGBUS. */
Test(symbol_file, a_file_that_is_cut_while_it_is_read_is_survived)
{
    struct mapped_object object = map_object("copy.so");
    size_t answers[SYMBOLS_NO_MEMORY + 1] = {0};
    void *found[2];
    pthread_t thread;

    replace_file(object.path, "copy.so");
    cr_assert(pthread_create(&thread, NULL, cut_and_mend, object.path) == 0);
    for (int i = 0; i < 4000; i++) {
        enum symbol_file_answer answer = look(&object, 1, found);

        answers[answer]++;
        cr_assert(answer != SYMBOLS_FOUND || found[0] == function_of(&object, 1, FIRST));
    }
    stop = true;
    pthread_join(thread, NULL);
    cr_expect(answers[SYMBOLS_FOUND] > 0 && answers[SYMBOLS_FOUND] < 4000);
}
