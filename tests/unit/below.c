/*
 * What lies at an address, where the C library does not tell.
 */
#include <criterion/criterion.h>
#include <link.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loaded.h"

/* loaded_at() of platform/loaded.c without _dl_find_object(): see suite.mk. */
bool below_at(const void *address, struct loaded *loaded);

static long sleeps(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

Test(below, an_object_is_found_without_sleep)
{
    enum { LOOKS = 1000 };
    const void *address = (const void *)printf;
    struct loaded found;
    long before;

#if defined(__i386__)
    cr_skip_test("a PC of 32 bits has no sixth argument for the call that does not wait");
#endif
    cr_assert(below_at(address, &found) && elf_image_symbol(&found.image, "printf") == address);
    before = sleeps();
    for (int i = 0; i < LOOKS; i++)
        cr_assert(below_at(address, &found));
    before = sleeps() - before;
    cr_expect(before < LOOKS / 10,
              "%ld of %d looks have slept: a call beside a second OpenSSL takes 50 us and more",
              before, LOOKS);
}

static void take_signal(int number)
{
    (void)number;
}

/* On a PC of 32 bits each page is waited for, for no time, and a signal ends that too. */
Test(below, an_object_is_found_among_signals)
{
    const struct itimerval often = {.it_interval = {.tv_usec = 50}, .it_value = {.tv_usec = 50}};
    const struct itimerval never = {0};
    struct loaded found;
    int missed = 0;

    signal(SIGALRM, take_signal);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 1000; i++)
        missed += !below_at((const void *)printf, &found);
    setitimer(ITIMER_REAL, &never, NULL);
    cr_expect(missed == 0, "%d calls are laid to nobody", missed);
}

/* ---- Objects of which nothing is there but what is read ---- */

enum { PAGE = 4096, MEGABYTE = 1 << 20 };

struct object {
    ElfW(Ehdr) header;
    ElfW(Phdr) headers[2];
    ElfW(Dyn) dynamic[5];
    uint32_t hash[4];
    char room[1024];
};

/* Memory in which nothing can be read. */
static char *room_of(size_t size)
{
    char *room = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    cr_assert(room != MAP_FAILED);
    return room;
}

static void open_pages(char *start, size_t size)
{
    cr_assert(mprotect(start, size, PROT_READ | PROT_WRITE) == 0);
}

/* Its program headers are at an offset of its file, which is laid out as in the file. */
static void write_object(char *start, size_t size, size_t headers_at)
{
    struct object *object = (struct object *)start;
    const ElfW(Addr) dynamic = offsetof(struct object, dynamic);
    const ElfW(Phdr) headers[] = {
        {.p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = size, .p_memsz = size},
        {.p_type = PT_DYNAMIC, .p_vaddr = dynamic, .p_memsz = sizeof(object->dynamic)}};

    *object = (struct object){
        .header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3},
                   .e_phoff = headers_at,
                   .e_phentsize = sizeof(ElfW(Phdr)),
                   .e_phnum = 2,
                   .e_shoff = size},
        .dynamic = {{.d_tag = DT_SYMTAB, .d_un.d_ptr = offsetof(struct object, room)},
                    {.d_tag = DT_STRTAB, .d_un.d_ptr = offsetof(struct object, room)},
                    {.d_tag = DT_STRSZ, .d_un.d_val = 1},
                    {.d_tag = DT_GNU_HASH, .d_un.d_ptr = offsetof(struct object, hash)}}};
    memcpy(start + headers_at, headers, sizeof(headers));
}

/* One page of it is there. */
static char *object_at(char *start, size_t size)
{
    open_pages(start, PAGE);
    write_object(start, size, offsetof(struct object, headers));
    return start;
}

/* The same, with its program headers in its second page; it has a file, for the list of those.
 * Below it are four pages of room. */
static char *moved_object(void)
{
    int file = memfd_create("moved", MFD_CLOEXEC);
    char *start = room_of(8 * PAGE) + 4 * PAGE;

    cr_assert(file >= 0 && ftruncate(file, 4 * PAGE) == 0);
    start = mmap(start, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0);
    cr_assert(start != MAP_FAILED);
    write_object(start, 4 * PAGE, PAGE);
    close(file);
    return start;
}

static bool is_found_at(const char *start, const char *address)
{
    struct loaded found;

    return below_at(address, &found) && found.start == (uintptr_t)start;
}

/* How many system calls a child makes that does this, with the few of its own start and end. */
static unsigned int calls_of(void (*act)(char *), char *argument)
{
    pid_t child = fork();
    unsigned int stops = 0;
    int status = 0;

    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        act(argument);
        _exit(0);
    }
    cr_assert(child > 0 && waitpid(child, &status, 0) == child);
    if (!WIFSTOPPED(status))
        cr_skip_test("no process can be traced here");
    while (ptrace(PTRACE_SYSCALL, child, NULL, NULL) == 0 && waitpid(child, &status, 0) == child &&
           WIFSTOPPED(status))
        stops++;
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return stops / 2;
}

/* Without a descriptor to be had. */
static bool is_found_without_file(const char *address)
{
    struct rlimit before, none;
    struct loaded found;
    bool is_found;

    cr_assert(getrlimit(RLIMIT_NOFILE, &before) == 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    cr_assert(setrlimit(RLIMIT_NOFILE, &none) == 0);
    is_found = below_at(address, &found);
    setrlimit(RLIMIT_NOFILE, &before);
    return is_found;
}

/* Another thread may be unloading it. What is put in its place here would be found to be damaged by
 * whoever reads on. */
Test(below, of_an_object_in_which_an_address_does_not_lie_nothing_is_read)
{
    char *room = room_of(16 * MEGABYTE), *above = room + 8 * MEGABYTE;
    struct object *other = (struct object *)object_at(room, MEGABYTE);

    object_at(above, MEGABYTE);
    open_pages(above + PAGE, PAGE);
    cr_assert(is_found_at(room, room + 2 * PAGE));
    other->headers[0].p_memsz = 16 * MEGABYTE;
    other->headers[1].p_vaddr = PAGE - sizeof(ElfW(Dyn));
    *(ElfW(Dyn) *)(room + PAGE - sizeof(ElfW(Dyn))) = (ElfW(Dyn)){.d_tag = DT_DEBUG};
    cr_expect(is_found_at(above, above + PAGE));
}

/* Its segments are not where it says, though its program headers are in the first page. */
Test(below, a_file_that_is_mapped_to_be_read_is_no_object)
{
    char *room = room_of(MEGABYTE);
    struct loaded found;

    object_at(room, MEGABYTE);
    ((struct object *)room)->headers[1].p_vaddr = 4 * PAGE;
    open_pages(room + 2 * PAGE, PAGE);
    cr_expect(!below_at(room + 2 * PAGE, &found));
}

enum { ROUNDS = 3, OBJECTS_APART = 8, APART = 16 * MEGABYTE, FAR = 2 * MEGABYTE };

static void look_at_each(char *first)
{
    for (size_t i = 0; i < (size_t)ROUNDS * OBJECTS_APART; i++)
        is_found_at(first, first + i % OBJECTS_APART * APART + FAR);
}

/* As large libraries lie, which the kernel puts where a large page may be. */
Test(below, objects_at_round_addresses_do_not_drive_each_other_out)
{
    enum { MOST = 4 * ROUNDS * OBJECTS_APART };
    char *room = room_of((OBJECTS_APART + 1) * (size_t)APART), *first;
    unsigned int calls;

    first = (char *)(((uintptr_t)room + APART - 1) & -(uintptr_t)APART);
    for (size_t i = 0; i < OBJECTS_APART; i++) {
        open_pages(first + i * APART, FAR + PAGE);
        object_at(first + i * APART, FAR + PAGE);
        cr_assert(is_found_at(first + i * APART, first + i * APART + FAR));
    }
    calls = calls_of(look_at_each, first);
    cr_expect(calls >= ROUNDS * OBJECTS_APART && calls <= MOST,
              "%u calls for %d looks: each page is asked for again", calls, ROUNDS * OBJECTS_APART);
}

static void look_in_vain(char *address)
{
    struct loaded found;

    if (below_at(address, &found))
        _exit(1);
}

/* Code that was made at run time. A page that is not there is slow to ask for. */
Test(below, an_address_in_no_object_is_soon_given_up)
{
    enum { SIZE = 320 * MEGABYTE, ENOUGH = 1024 };
    char *last = room_of(SIZE) + SIZE - PAGE;
    unsigned int calls;

    open_pages(last, PAGE);
    calls = calls_of(look_in_vain, last);
    cr_expect(calls > 1 && calls < ENOUGH,
              "%u calls: each call from there, beside a second OpenSSL", calls);
}

Test(below, moved_headers_are_looked_for_once)
{
    enum { OBJECTS = 16 };
    char *objects[OBJECTS];

    for (size_t i = 0; i < OBJECTS; i++) {
        objects[i] = moved_object();
        cr_assert(is_found_at(objects[i], objects[i] + 2 * PAGE));
    }
    for (size_t i = 0; i < OBJECTS; i++)
        cr_expect(is_found_without_file(objects[i] + 2 * PAGE),
                  "number %zu is looked for again, by a file, at every call", i);
}

/* Whatever lies below is not the one. */
Test(below, an_object_whose_moved_headers_are_not_found_ends_the_search)
{
    char *moved = moved_object();

    object_at(moved - 4 * PAGE, MEGABYTE);
    cr_expect(!is_found_without_file(moved + 2 * PAGE), "a call is laid to a neighbour");
}
