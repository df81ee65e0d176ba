/*
 * See explorer.h.
 */
#include "explorer.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "linux_slot.h"

enum {
    STACK = 1 << STACK_SHIFT,
    STACKS = 4096, /* of which those are taken that want the same slot */
    MOST_PLACES = 1024,
    MOST_STEPS = 4096,
    MOST_ACCESSES = 1 << 22, /* of an order, and of what goes before and behind */
    MOST_ACTIONS = MOST_THREADS * (1 + EVENTS),
    RUN = EVENTS, /* instead of an event */
};

enum { CAME_TO_KNOWN = 1, CAME_TO_END };

static const struct exploration *scene;
static bool exploring;
static jmp_buf to_search;

static uint64_t mixed(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* ---- Threads ---- */

static struct thread {
    unsigned char *stack;
    ucontext_t first;
    jmp_buf top, here;
    bool is_started, is_done;
    unsigned int level, event; /* of handlers; the one that it wakes up to */
    uint64_t history;          /* what it has done and read */
    uint32_t clocks[MOST_THREADS];
} threads[MOST_THREADS];
static unsigned int current;
static unsigned int left[EVENTS], switches_left;

/* ---- Places in memory ---- */

static struct place {
    uintptr_t address;
    unsigned int size;
    uint64_t readers, writers; /* threads, and handlers by their level */
    bool is_shared;
    uint64_t hash;
    bool write_is_atomic;
    unsigned int writer;
    uint32_t write, plain_reads[MOST_THREADS], atomic_reads[MOST_THREADS], release[MOST_THREADS];
} places[MOST_PLACES];
static size_t place_count;
static struct place *unsettled; /* is written as soon as the thread goes on */
static uint64_t memory_hash;
static unsigned int accesses;
static bool more_is_shared;

static uint64_t value_at(const struct place *place)
{
    uint64_t value = 0;

    memcpy(&value, (const void *)place->address, place->size);
    return value;
}

static uint64_t hash_of(const struct place *place)
{
    uint64_t hash = mixed((uint64_t)(place - places) + 1, value_at(place));

    hash = mixed(hash, (uint64_t)place->writer << 33 | (uint64_t)place->write_is_atomic << 32 |
                           place->write);
    for (unsigned int i = 0; i < scene->threads; i++)
        hash = mixed(mixed(hash, (uint64_t)place->plain_reads[i] << 32 | place->atomic_reads[i]),
                     place->release[i]);
    return hash;
}

static void rehash(struct place *place)
{
    memory_hash ^= place->hash;
    place->hash = hash_of(place);
    memory_hash ^= place->hash;
}

static void settle(void)
{
    if (unsettled)
        rehash(unsettled);
    unsettled = NULL;
}

void explorer_refresh(void)
{
    for (size_t i = 0; i < place_count; i++)
        if (places[i].is_shared)
            rehash(&places[i]);
}

static struct place *place_at(const void *address, size_t size)
{
    static uint16_t table[4 * MOST_PLACES]; /* numbers, from 1 */
    size_t i = mixed(1, (uintptr_t)address) % (4 * MOST_PLACES);

    for (; table[i]; i = (i + 1) % (4 * MOST_PLACES))
        if (places[table[i] - 1].address == (uintptr_t)address) {
            if (places[table[i] - 1].size != size)
                explorer_fail("a place is accessed in two sizes");
            return &places[table[i] - 1];
        }
    if (place_count == MOST_PLACES)
        explorer_fail("more places than there is room for");
    table[i] = (uint16_t)++place_count;
    places[place_count - 1] = (struct place){.address = (uintptr_t)address, .size = (unsigned)size};
    return &places[place_count - 1];
}

static bool has_events(void)
{
    for (size_t i = 0; i < EVENTS; i++)
        if (scene->events[i])
            return true;
    return false;
}

/* Among others than the one who writes it. Where handlers come, each written place is. */
static bool is_to_be_shared(const struct place *place)
{
    uint64_t all = place->readers | place->writers;

    return place->writers && ((all & (all - 1)) || has_events());
}

/* Handlers are others than the thread that they interrupt. */
static void note(struct place *place, bool writes)
{
    *(writes ? &place->writers : &place->readers) |= UINT64_C(1)
                                                     << (current * 8 + threads[current].level % 8);
    if (!place->is_shared && is_to_be_shared(place))
        more_is_shared = true;
}

static bool is_on_stack(const void *address)
{
    return (uintptr_t)address - (uintptr_t)threads[current].stack < STACK;
}

/* ---- What happened before what ---- */

static void race(const struct place *place)
{
    static char text[128];

    snprintf(text, sizeof(text), "a race: %u bytes, place %zu, are not ordered by the lock",
             place->size, (size_t)(place - places));
    explorer_fail(text);
}

static void find_race(const struct place *place, bool writes, bool is_atomic)
{
    const uint32_t *known = threads[current].clocks;

    if (place->write > known[place->writer] && !(is_atomic && place->write_is_atomic))
        race(place);
    for (unsigned int i = 0; i < scene->threads && writes; i++)
        if (place->plain_reads[i] > known[i] || (!is_atomic && place->atomic_reads[i] > known[i]))
            race(place);
}

static void join(uint32_t *into, const uint32_t *from)
{
    for (unsigned int i = 0; i < scene->threads; i++)
        into[i] = from[i] > into[i] ? from[i] : into[i];
}

static bool acquires(int order)
{
    return order == __ATOMIC_ACQUIRE || order == __ATOMIC_CONSUME || order == __ATOMIC_ACQ_REL ||
           order == __ATOMIC_SEQ_CST;
}

static bool releases(int order)
{
    return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL || order == __ATOMIC_SEQ_CST;
}

enum access { READ = 1, WRITE, CHANGE = READ | WRITE };
enum { PLAIN = -1 };

/* The access itself: read is what it has read. */
static void touch(struct place *place, enum access access, int order, uint64_t read)
{
    struct thread *thread = &threads[current];
    uint32_t now = ++thread->clocks[current];

    find_race(place, access & WRITE, order != PLAIN);
    if ((access & READ) && acquires(order))
        join(thread->clocks, place->release);
    if (access & READ)
        (order == PLAIN ? place->plain_reads : place->atomic_reads)[current] = now;
    if (access & WRITE) {
        place->writer = current;
        place->write = now;
        place->write_is_atomic = order != PLAIN;
        if (!(access & READ))
            memset(place->release, 0, sizeof(place->release));
        if (releases(order))
            join(place->release, thread->clocks);
    }
    thread->history = mixed(thread->history, (uint64_t)(place - places) * 4 + access);
    thread->history = mixed(thread->history, read);
    rehash(place);
}

/* ---- States that are known, and how many orders lead on from each ---- */

static struct known {
    uint64_t state;
    double orders;
} * known;
static size_t known_count, known_room;

static struct known *find_known(uint64_t state)
{
    size_t i = state & (known_room - 1);

    while (known[i].state && known[i].state != state)
        i = (i + 1) & (known_room - 1);
    return &known[i];
}

static void add_known(uint64_t state, double orders)
{
    if (2 * known_count >= known_room) {
        struct known *before = known;
        size_t room = known_room;

        known_room = room ? 2 * room : 1 << 12;
        known = calloc(known_room, sizeof(*known));
        for (size_t i = 0; i < room; i++)
            if (before[i].state)
                *find_known(before[i].state) = before[i];
        free(before);
    }
    *find_known(state) = (struct known){state, orders};
    known_count++;
}

static uint64_t state_now(void)
{
    uint64_t state = mixed(current + 1, memory_hash);

    for (unsigned int i = 0; i < scene->threads; i++) {
        const struct thread *thread = &threads[i];

        state = mixed(state, thread->is_done ? 1 : thread->history);
        for (unsigned int j = 0; j < scene->threads; j++)
            state = mixed(state, thread->clocks[j]);
    }
    for (unsigned int i = 0; i < EVENTS; i++)
        state = mixed(state, left[i]);
    state = mixed(state, switches_left);
    return state ? state : 1;
}

/* ---- The search: the path that is followed now ---- */

static struct node {
    uint64_t state;
    double orders;
    unsigned int choice, count;
    struct action {
        unsigned char thread, what; /* an event, or RUN */
    } actions[MOST_ACTIONS];
} path[MOST_STEPS];
static size_t length, depth;
static double orders_from_here;

void explorer_fail(const char *what)
{
    static const char *const names[] = {"handler", "jump", "end", "fork"};

    printf("%s, in this order:", what);
    for (size_t i = 0; i < depth; i++) {
        const struct action *action = &path[i].actions[path[i].choice];

        if (action->what != RUN)
            printf(" %s", names[action->what]);
        printf(" %u", action->thread);
    }
    putchar('\n');
    fflush(stdout);
    _Exit(1);
}

static void add_action(struct node *node, unsigned int thread, unsigned int what)
{
    node->actions[node->count++] = (struct action){(unsigned char)thread, (unsigned char)what};
}

/* The thread that runs goes on at first. */
static void list_actions(struct node *node)
{
    const bool may_switch = !scene->switches || switches_left || threads[current].is_done;

    for (unsigned int i = 0; i < scene->threads; i++) {
        unsigned int thread = (current + i) % scene->threads;

        if (!threads[thread].is_done && (i == 0 || may_switch))
            add_action(node, thread, RUN);
    }
    for (unsigned int i = 0; i < scene->threads; i++)
        for (unsigned int event = 0; event < EVENTS; event++)
            if (threads[i].is_started && !threads[i].is_done && left[event] &&
                (i == current || may_switch))
                add_action(node, i, event);
}

static struct node *new_node(unsigned int kind)
{
    uint64_t state = state_now() ^ kind;
    const struct known *before = known_room ? find_known(state) : NULL;
    struct node *node;

    if (before && before->state) {
        orders_from_here = before->orders;
        _longjmp(to_search, CAME_TO_KNOWN);
    }
    if (length == MOST_STEPS)
        explorer_fail("it does not end");
    node = &path[length++];
    *node = (struct node){.state = state};
    return node;
}

static struct action next_action(void)
{
    if (depth == length) {
        struct node *node = new_node(0);

        list_actions(node);
        if (node->count == 0) {
            length--;
            add_known(node->state, 1);
            orders_from_here = 1;
            _longjmp(to_search, CAME_TO_END);
        }
    }
    depth++;
    return path[depth - 1].actions[path[depth - 1].choice];
}

unsigned int explorer_any(unsigned int count)
{
    if (!exploring)
        return 0;
    settle();
    if (depth == length) {
        struct node *node = new_node(1);

        for (unsigned int i = 0; i < count; i++)
            add_action(node, current, RUN);
    }
    depth++;
    threads[current].history = mixed(threads[current].history, path[depth - 1].choice);
    return path[depth - 1].choice;
}

unsigned int explorer_thread(void)
{
    return current;
}

/* ---- Going on ---- */

static void go_on(unsigned int thread)
{
    current = thread;
    if (threads[thread].is_started)
        _longjmp(threads[thread].here, 1);
    threads[thread].is_started = true;
    _longjmp(threads[thread].top, 1);
}

static void finish(void);

static void deliver(enum event event)
{
    struct thread *thread = &threads[current];

    thread->history = mixed(thread->history, UINT64_C(1) << 32 | event);
    if (event == EVENT_END) {
        scene->handler(current, event);
        finish();
    }
    if (event == EVENT_FORK)
        for (unsigned int i = 0; i < scene->threads; i++) {
            threads[i].is_done = i != current;
            join(thread->clocks, threads[i].clocks);
        }
    thread->level = event == EVENT_JUMP ? 0 : thread->level + 1;
    scene->handler(current, event);
    thread->level--;
    thread->history = mixed(thread->history, 2);
}

/* Whose turn it is. Comes back when it is the caller's. */
static void choose(void)
{
    const unsigned int self = current;

    for (;;) {
        struct action action;

        settle();
        action = next_action();
        threads[action.thread].event = action.what;
        if (action.what != RUN)
            left[action.what]--;
        if (action.thread != self)
            switches_left -= switches_left > 0;
        if (action.thread != self && _setjmp(threads[self].here) == 0)
            go_on(action.thread);
        if (threads[self].event == RUN)
            return;
        deliver(threads[self].event);
    }
}

static void finish(void)
{
    struct action action;

    settle();
    threads[current].is_done = true;
    action = next_action();
    threads[action.thread].event = action.what;
    if (action.what != RUN)
        left[action.what]--;
    go_on(action.thread);
}

/* Of a thread's stack the first frame: each order begins in it anew. */
static void thread_main(void)
{
    if (_setjmp(threads[current].top) == 0)
        _longjmp(to_search, 1);
    scene->body(current);
    finish();
}

static void make_threads(void)
{
    unsigned char *memory = mmap(NULL, (size_t)STACKS * STACK, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    unsigned char *volatile stack = memory + (-(uintptr_t)memory & (STACK - 1));
    const size_t slot = slot_of_stack((uintptr_t)stack);

    for (current = 0; current < MOST_THREADS; current++, stack += STACK) {
        struct thread *thread = &threads[current];

        while (slot_of_stack((uintptr_t)stack) != slot)
            stack += STACK;
        thread->stack = stack;
        getcontext(&thread->first);
        thread->first.uc_stack.ss_sp = stack;
        thread->first.uc_stack.ss_size = STACK;
        makecontext(&thread->first, thread_main, 0);
        if (_setjmp(to_search) == 0)
            setcontext(&thread->first);
    }
}

static void begin_order(void)
{
    scene->begin();
    depth = accesses = 0;
    current = 0;
    memory_hash = 0;
    unsettled = NULL;
    memcpy(left, scene->events, sizeof(left));
    switches_left = scene->switches;
    for (unsigned int i = 0; i < scene->threads; i++) {
        struct thread *thread = &threads[i];

        thread->is_started = thread->is_done = false;
        thread->level = 0;
        thread->history = i + 1;
        memset(thread->clocks, 0, sizeof(thread->clocks));
    }
    for (size_t i = 0; i < place_count; i++) {
        struct place *place = &places[i];

        place->hash = 0;
        place->write = place->writer = 0;
        place->write_is_atomic = false;
        memset(place->plain_reads, 0, sizeof(place->plain_reads));
        memset(place->atomic_reads, 0, sizeof(place->atomic_reads));
        memset(place->release, 0, sizeof(place->release));
        if (place->is_shared)
            rehash(place);
    }
}

static void run_order(void)
{
    int came_to;

    begin_order();
    exploring = true;
    came_to = _setjmp(to_search);
    if (came_to == 0) {
        struct action action = next_action();

        threads[action.thread].event = action.what;
        go_on(action.thread);
    }
    exploring = false;
    accesses = 0;
    if (came_to == CAME_TO_END)
        scene->end();
}

/* False when there is no other way. */
static bool take_another_way(void)
{
    double orders = orders_from_here;

    while (length > 0) {
        struct node *node = &path[length - 1];

        node->orders += orders;
        if (++node->choice < node->count)
            return true;
        orders = node->orders;
        add_known(node->state, orders);
        length--;
    }
    orders_from_here = orders;
    return false;
}

static uint64_t explore_all(void)
{
    uint64_t runs = 0;

    free(known);
    known = NULL;
    known_count = known_room = length = 0;
    more_is_shared = false;
    do {
        run_order();
        runs++;
    } while (!more_is_shared && take_another_way());
    return runs;
}

/* Which places are shared is found out on the way: then all begins anew. */
struct explored explore(const struct exploration *exploration)
{
    uint64_t runs;

    scene = exploration;
    if (!threads[0].stack)
        make_threads();
    do {
        for (size_t i = 0; i < place_count; i++)
            places[i].is_shared = is_to_be_shared(&places[i]);
        runs = explore_all();
    } while (more_is_shared);
    return (struct explored){.states = known_count, .runs = runs, .orders = orders_from_here};
}

/* ---- What the compiler calls ---- */

static struct place *enter(const void *address, size_t size, bool writes)
{
    struct place *place;

    if (++accesses > MOST_ACCESSES)
        explorer_fail("it does not end");
    if (!exploring || is_on_stack(address))
        return NULL;
    place = place_at(address, size);
    note(place, writes);
    if (!place->is_shared)
        return NULL;
    choose();
    return place;
}

static void plain(const void *address, size_t size, bool writes)
{
    struct place *place = enter(address, size, writes);

    if (!place)
        return;
    touch(place, writes ? WRITE : READ, PLAIN, writes ? 0 : value_at(place));
    if (writes)
        unsettled = place;
}

void explorer_step(void *byte)
{
    plain(byte, 1, true);
}

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wbuiltin-declaration-mismatch"

void __tsan_init(void)
{
}

void __tsan_func_entry(void *caller)
{
    (void)caller;
}

void __tsan_func_exit(void)
{
}

#define PLAIN_ACCESS(size)                                                                         \
    void __tsan_read##size(void *address)                                                          \
    {                                                                                              \
        plain(address, size, false);                                                               \
    }                                                                                              \
    void __tsan_write##size(void *address)                                                         \
    {                                                                                              \
        plain(address, size, true);                                                                \
    }

PLAIN_ACCESS(1)
PLAIN_ACCESS(2)
PLAIN_ACCESS(4)
PLAIN_ACCESS(8)

/* Structures: of threads' own, on their stacks. */
static void range(const void *address)
{
    if (exploring && !is_on_stack(address))
        explorer_fail("a structure is accessed as a whole");
}

void __tsan_read_range(void *address, unsigned long size)
{
    (void)size;
    range(address);
}

void __tsan_write_range(void *address, unsigned long size)
{
    (void)size;
    range(address);
}

#define ATOMIC_ACCESS(bits)                                                                        \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile void *address, int order)             \
    {                                                                                              \
        struct place *place = enter((const void *)address, bits / 8, false);                       \
        uint##bits##_t value = *(const volatile uint##bits##_t *)address;                          \
                                                                                                   \
        if (place)                                                                                 \
            touch(place, READ, order, value);                                                      \
        return value;                                                                              \
    }                                                                                              \
    void __tsan_atomic##bits##_store(volatile void *address, uint##bits##_t value, int order)      \
    {                                                                                              \
        struct place *place = enter((const void *)address, bits / 8, true);                        \
                                                                                                   \
        *(volatile uint##bits##_t *)address = value;                                               \
        if (place)                                                                                 \
            touch(place, WRITE, order, 0);                                                         \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_fetch_add(volatile void *address, uint##bits##_t value,   \
                                                   int order)                                      \
    {                                                                                              \
        struct place *place = enter((const void *)address, bits / 8, true);                        \
        uint##bits##_t before = *(volatile uint##bits##_t *)address;                               \
                                                                                                   \
        *(volatile uint##bits##_t *)address = (uint##bits##_t)(before + value);                    \
        if (place)                                                                                 \
            touch(place, CHANGE, order, before);                                                   \
        return before;                                                                             \
    }                                                                                              \
    int __tsan_atomic##bits##_compare_exchange_strong(                                             \
        volatile void *address, void *expected, uint##bits##_t value, int order, int failure)      \
    {                                                                                              \
        struct place *place = enter((const void *)address, bits / 8, false);                       \
        uint##bits##_t before = *(volatile uint##bits##_t *)address;                               \
        const bool same = before == *(uint##bits##_t *)expected;                                   \
                                                                                                   \
        if (same)                                                                                  \
            *(volatile uint##bits##_t *)address = value;                                           \
        if (same && exploring && !is_on_stack((const void *)address))                              \
            note(place_at((const void *)address, bits / 8), true);                                 \
        if (place)                                                                                 \
            touch(place, same ? CHANGE : READ, same ? order : failure, before);                    \
        *(uint##bits##_t *)expected = before;                                                      \
        return same;                                                                               \
    }                                                                                              \
    uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                                     \
        volatile void *address, uint##bits##_t expected, uint##bits##_t value, int order,          \
        int failure)                                                                               \
    {                                                                                              \
        __tsan_atomic##bits##_compare_exchange_strong(address, &expected, value, order, failure);  \
        return expected;                                                                           \
    }

ATOMIC_ACCESS(8)
ATOMIC_ACCESS(16)
ATOMIC_ACCESS(32)
ATOMIC_ACCESS(64)
