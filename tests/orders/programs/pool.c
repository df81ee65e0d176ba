/*
 * pool LIBRARY SCENE: the vDSO's pool of states, its lock and the tallies, in all orders of a
 * scene. LIBRARY is platform/, compiled for the explorer. Its draws are real: the vDSO's own
 * function is called, between two steps at which another may come. Exits with 1 and says in which
 * order what went wrong; 77 if this kernel has no such function.
 */
#include <dlfcn.h>
#include <link.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_image.h"
#include "explorer.h"
#include "linux_slot.h"
#include "random.h"

enum { MOST_DRAWS = 24, LARGEST = 40000, CHUNK = 16, LARGEST_MEMORY = 1 << 16, NO_VDSO = 77 };

static const struct scene {
    const char *name;
    unsigned int threads, draws; /* of each thread */
    size_t length;
    unsigned int free_slots; /* 0: all */
    unsigned int switches;   /* at most; 0: all */
    unsigned int events[EVENTS];
} scenes[] = {
#define ALL(...)                                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
    {"two_threads", 2, 2, 16, 0, 0, ALL(0)},
    {"three_threads", 3, 1, 16, 0, 0, ALL(0)},
    {"two_threads_last_slot", 2, 2, 16, 1, 0, ALL(0)},
    {"three_threads_last_slot", 3, 1, 16, 1, 0, ALL(0)},
    {"handlers", 1, 2, 16, 0, 0, ALL([EVENT_HANDLER] = 3)},
    {"handlers_last_slot", 1, 2, 16, 1, 0, ALL([EVENT_HANDLER] = 3)},
    {"two_threads_handler", 2, 1, 16, 0, 0, ALL([EVENT_HANDLER] = 1)},
    {"two_threads_handler_last_slot", 2, 1, 16, 1, 0, ALL([EVENT_HANDLER] = 1)},
    {"jumps", 2, 2, 16, 0, 0, ALL([EVENT_JUMP] = 1)},
    {"jumps_out_of_handlers", 1, 3, 16, 2, 0, ALL([EVENT_HANDLER] = 1, [EVENT_JUMP] = 2)},
    {"cancelled", 2, 2, 16, 0, 0, ALL([EVENT_END] = 1)},
    {"forks", 2, 2, 16, 0, 0, ALL([EVENT_FORK] = 1)},
    {"forks_last_slot", 2, 1, 16, 1, 0, ALL([EVENT_FORK] = 1)},
    {"forks_in_handlers", 1, 2, 16, 0, 0, ALL([EVENT_HANDLER] = 1, [EVENT_FORK] = 1)},
    {"large", 1, 1, LARGEST, 0, 0, ALL([EVENT_HANDLER] = 1)},
    {"large_forks", 1, 1, LARGEST, 0, 0, ALL([EVENT_FORK] = 1)},
    {"two_threads_choose", 2, 1, 256, 0, 0, ALL(0)},
    /* the whole run's */
    {"two_threads_handlers", 2, 1, 16, 0, 0, ALL([EVENT_HANDLER] = 2)},
    {"three_threads_handler", 3, 1, 16, 2, 2, ALL([EVENT_HANDLER] = 1)},
    {"three_threads_twice", 3, 2, 16, 2, 3, ALL(0)},
    {"three_threads_jump", 3, 1, 16, 0, 0, ALL([EVENT_JUMP] = 1)},
    {"three_threads_fork", 3, 1, 16, 0, 0, ALL([EVENT_FORK] = 1)},
    {"two_threads_choose_twice", 2, 2, 256, 0, 3, ALL(0)},
};
static const struct scene *scene;

static int (*fill)(void *, size_t);

/* ---- Memory, as it is before each order ---- */

static struct random_tally tallies[RANDOM_STRIPES];
static struct {
    unsigned char *start;
    size_t size;
    unsigned char before[LARGEST_MEMORY];
} data; /* the library's */

static int find_data(struct dl_phdr_info *info, size_t size, void *library)
{
    uintptr_t start = 0, end = 0, sealed = 0;

    (void)size;
    if (info->dlpi_addr != (uintptr_t)library)
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W)) {
            start = info->dlpi_addr + segment->p_vaddr;
            end = start + segment->p_memsz;
        } else if (segment->p_type == PT_GNU_RELRO) {
            sealed = (info->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~(uintptr_t)4095;
        }
    }
    data.start = (unsigned char *)(start > sealed ? start : sealed);
    data.size = end - (uintptr_t)data.start;
    return 1;
}

/* ---- The vDSO's function ---- */

typedef ssize_t vdso_getrandom(void *, size_t, unsigned int, void *, size_t);

static vdso_getrandom *real;
static struct {
    unsigned char *address;
    unsigned char is_held;
} states[RANDOM_STRIPES];
static size_t state_size;
static bool counting;
static unsigned int deep, wanted_depth;
static jmp_buf out_of_draws;

static size_t state_at(void *address)
{
    size_t i = 0;

    while (i < RANDOM_STRIPES && states[i].address && states[i].address != address)
        i++;
    if (i == RANDOM_STRIPES)
        explorer_fail("more states than slots");
    states[i].address = address;
    return i;
}

static ssize_t watched_getrandom(void *buffer, size_t length, unsigned int flags, void *state,
                                 size_t size)
{
    unsigned char one[CHUNK], *is_held;
    ssize_t got;

    if (size == ~(size_t)0)
        return real(buffer, length, flags, state, size);
    state_size = size;
    is_held = &states[state_at(state)].is_held;
    if (counting) { /* how many can be held at the same time */
        if (++deep > SLOTS)
            explorer_fail("more draws hold a slot than there are");
        if (deep == wanted_depth)
            longjmp(out_of_draws, 1);
        return fill(one, sizeof(one)) ? -1 : real(buffer, length, flags, state, size);
    }
    explorer_step(is_held);
    if (*is_held)
        explorer_fail("a state that is held is drawn from");
    *is_held = 1;
    got = real(buffer, length, flags, state, size);
    explorer_step(is_held);
    *is_held = 0;
    return got;
}

/* What the library calls: see suite.mk. */
void *watched_symbol(const struct elf_image *image, const char *name);
void *watched_symbol(const struct elf_image *image, const char *name)
{
    void *found = elf_image_symbol(image, name);

    if (found)
        real = (vdso_getrandom *)found;
    return found ? (void *)watched_getrandom : NULL;
}

/* Of two timed draws in a row each may be the faster one. */
static bool is_timed[MOST_THREADS];
uint64_t ticks(void);
uint64_t ticks(void)
{
    bool *timed = &is_timed[explorer_thread()];

    *timed = !*timed;
    return *timed ? 0 : (uint64_t)(1 << 20) << explorer_any(2);
}

/* All but so many draws are never finished; or, with 0, how many slots are free. */
static unsigned int hold_slots(unsigned int depth)
{
    unsigned char one[CHUNK];

    counting = true;
    deep = 0;
    wanted_depth = depth;
    if (setjmp(out_of_draws) == 0)
        fill(one, sizeof(one));
    counting = false;
    return deep;
}

/* ---- Draws ---- */

static unsigned char draws[MOST_DRAWS][LARGEST], at_fork[MOST_DRAWS][LARGEST];
static struct draw {
    bool is_served, was_open; /* at the fork */
} drawn[MOST_DRAWS];
static unsigned int begun, served;
static unsigned int in_draws[MOST_THREADS], given_up;
static unsigned int served_at_fork, open_at_fork;
static struct random_tally carried; /* by those that are open, into the child */
static unsigned int free_at_first;
static bool is_child;
static sigjmp_buf back[MOST_THREADS];

static void draw(unsigned int thread, size_t length)
{
    unsigned int number = begun++;

    if (number == MOST_DRAWS)
        explorer_fail("more draws than there is room for");
    in_draws[thread]++;
    if (fill(draws[number], length) != 0)
        explorer_fail("a draw is not served");
    in_draws[thread]--;
    drawn[number].is_served = true;
    served++;
}

static void body(unsigned int thread)
{
    volatile unsigned int i = 0;

    sigsetjmp(back[thread], 0);
    while (i < scene->draws) {
        i++;
        draw(thread, scene->length);
    }
}

/* Its draws are never finished. */
static void give_up(unsigned int thread)
{
    given_up += in_draws[thread];
    in_draws[thread] = 0;
}

static struct random_tally sum_of_tallies(void)
{
    struct random_tally sum = {0};

    for (size_t i = 0; i < RANDOM_STRIPES; i++) {
        sum.draws += tallies[i].draws;
        sum.bytes += tallies[i].bytes;
    }
    return sum;
}

/* The kernel wipes the states, and the tallies as the shim has them, in the child. */
static void be_child(unsigned int thread)
{
    open_at_fork = in_draws[thread];
    for (unsigned int i = 0; i < MOST_THREADS; i++)
        if (i != thread)
            give_up(i);
    for (size_t i = 0; i < RANDOM_STRIPES && states[i].address; i++)
        memset(states[i].address, 0, state_size);
    carried = open_at_fork ? sum_of_tallies() : (struct random_tally){0};
    memset(tallies, 0, sizeof(tallies));
    for (unsigned int i = 0; i < begun; i++) {
        memcpy(at_fork[i], draws[i], scene->length);
        drawn[i].was_open = !drawn[i].is_served;
    }
    explorer_refresh();
    is_child = true;
    served_at_fork = served;
}

static void handler(unsigned int thread, enum event event)
{
    if (event == EVENT_FORK)
        be_child(thread);
    if (event == EVENT_JUMP || event == EVENT_END)
        give_up(thread);
    if (event == EVENT_JUMP)
        siglongjmp(back[thread], 1);
    if (event != EVENT_END)
        draw(thread, CHUNK);
}

/* ---- An order ---- */

static void begin(void)
{
    memcpy(data.start, data.before, data.size);
    memset(tallies, 0, sizeof(tallies));
    memset(drawn, 0, sizeof(drawn));
    for (unsigned int i = 0; i < begun; i++)
        memset(draws[i], 0, scene->length);
    memset(in_draws, 0, sizeof(in_draws));
    memset(is_timed, 0, sizeof(is_timed));
    carried = (struct random_tally){0};
    begun = served = given_up = served_at_fork = open_at_fork = 0;
    is_child = false;
    for (size_t i = 0; i < RANDOM_STRIPES; i++)
        states[i].is_held = 0;
}

static void check_slots(void)
{
    unsigned int are_free = hold_slots(0);

    if (are_free > free_at_first)
        explorer_fail("more slots are free than there were");
    if (are_free + given_up < free_at_first)
        explorer_fail("a slot was not given back");
}

/* Draws that were given up may be counted. Those that a child finishes, its parent may have counted
 * already; or they are counted once more, or begin with the figure that was read just before the
 * fork: see random.h. */
static void check_tallies(void)
{
    const struct random_tally sum = sum_of_tallies();
    const uint64_t since = served - served_at_fork;
    const uint64_t least = since - open_at_fork,
                   most = since + (is_child ? open_at_fork : given_up);

    if (sum.draws < least || sum.bytes < least * CHUNK)
        explorer_fail("a draw is lost from the tally");
    if (sum.draws > most + carried.draws ||
        (scene->length == CHUNK && sum.bytes > most * CHUNK + carried.bytes))
        explorer_fail("a draw is counted twice");
}

/* Of a draw that the fork came into, a child has all in common with its parent, or nothing. */
static void check_child(unsigned int number)
{
    unsigned int chunks = 0, common = 0;

    for (size_t i = 0; i + CHUNK <= scene->length; i += CHUNK, chunks++)
        common += memcmp(draws[number] + i, at_fork[number] + i, CHUNK) == 0;
    if (common != 0 && common != chunks)
        explorer_fail("a part of a draw is the parent's, too");
}

static void check_bytes(void)
{
    static const unsigned char nothing[CHUNK];

    for (unsigned int i = 0; i < begun; i++) {
        if (!drawn[i].is_served)
            continue;
        if (memcmp(draws[i], nothing, CHUNK) == 0)
            explorer_fail("a draw is served without bytes");
        for (unsigned int j = 0; j < i; j++)
            if (memcmp(draws[i], draws[j], CHUNK) == 0)
                explorer_fail("two draws have the same bytes");
        if (is_child && drawn[i].was_open)
            check_child(i);
    }
}

static void end(void)
{
    check_bytes();
    check_tallies();
    check_slots();
}

static void notice(enum random_notice what, enum random_source source, int error)
{
    (void)what, (void)source, (void)error;
    explorer_fail("a source is said to be lost");
}

static bool load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW);
    struct link_map *map;
    __typeof__(&random_start) start;

    if (!library || dlinfo(library, RTLD_DI_LINKMAP, &map) != 0) {
        printf("%s\n", dlerror());
        exit(2);
    }
    dl_iterate_phdr(find_data, (void *)map->l_addr);
    start = (__typeof__(&random_start))dlsym(library, "random_start");
    fill = (__typeof__(fill))dlsym(library, "random_fill");
    return start(RANDOM_AUTO, tallies, notice) == 0 && real;
}

int main(int argc, char **argv)
{
    struct exploration exploration = {.begin = begin, .body = body, .handler = handler, .end = end};
    struct explored explored;

    for (size_t i = 0; argc == 3 && i < sizeof(scenes) / sizeof(scenes[0]); i++)
        if (strcmp(argv[2], scenes[i].name) == 0)
            scene = &scenes[i];
    if (!scene)
        return 2;
    if (!load(argv[1]))
        return NO_VDSO;
    if (scene->free_slots)
        hold_slots(RANDOM_STRIPES - 1 - scene->free_slots);
    free_at_first = hold_slots(0);
    if (data.size > sizeof(data.before) ||
        free_at_first != (scene->free_slots ? scene->free_slots : SLOTS))
        return 2;
    memcpy(data.before, data.start, data.size);
    exploration.threads = scene->threads;
    exploration.switches = scene->switches;
    memcpy(exploration.events, scene->events, sizeof(exploration.events));
    explored = explore(&exploration);
    printf("%.0f orders, by %lu states and %lu runs\n", explored.orders,
           (unsigned long)explored.states, (unsigned long)explored.runs);
    return 0;
}
