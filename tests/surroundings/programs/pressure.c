/*
 * pressure: threads draw while the kernel takes away the memory of the vDSO's states, as it does
 * when memory is short. MADV_PAGEOUT sends the very pages through the kernel's reclaim, and
 * mincore() tells whether they went.
 */
#include <inttypes.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "show.h"

enum { THREADS = 3, EACH = 1 << 19, WORDS = 8, DRAWS_A_DROP = 64, PAGE = 4096, MOST_PAGES = 64 };

static _Atomic size_t drops;
static uint64_t kept[THREADS][EACH];
static unsigned char *states;
static size_t states_size;

/* The mapping that is droppable: "dp" in smaps (proc(5)). */
static void find_states(void)
{
    FILE *file = fopen("/proc/self/smaps", "re");
    uintptr_t start = 0, end = 0;
    char line[512];

    need(file != NULL, "opening /proc/self/smaps");
    while (!states && fgets(line, sizeof(line), file)) {
        uintptr_t first, last;

        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &first, &last) == 2) {
            start = first;
            end = last;
        }
        if (strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " dp"))
            states = (unsigned char *)start;
    }
    fclose(file);
    if (!states)
        cannot_run("no droppable memory: this kernel's vDSO has no getrandom (Linux 6.11)");
    states_size = end - start;
}

static size_t pages_there(void)
{
    unsigned char there[MOST_PAGES] = {0};
    size_t count = 0;

    need(states_size <= (size_t)MOST_PAGES * PAGE && mincore(states, states_size, there) == 0,
         "mincore");
    for (size_t i = 0; i < states_size / PAGE; i++)
        count += there[i] & 1;
    return count;
}

static bool drop(void)
{
    size_t before = pages_there();

    return before > 0 && madvise(states, states_size, MADV_PAGEOUT) == 0 && pages_there() < before;
}

/* Each thread drops the pages now and then, while the others are somewhere in a draw: a new page
 * can be reclaimed at once only on the processor that made it. */
static void *draw_on(void *place)
{
    uint64_t *words = place;

    for (size_t i = 0; i < EACH; i += WORDS) {
        need(RAND_bytes((unsigned char *)&words[i], WORDS * sizeof(*words)) == 1, "a draw");
        if (i / WORDS % DRAWS_A_DROP == 0)
            drops += drop();
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];

    show_draw("before", RAND_bytes, SHOWN);
    find_states();
    printf("at rest=%d\n", drop());
    show_draw("after", RAND_bytes, SHOWN);
    for (int i = 0; i < THREADS; i++)
        need(pthread_create(&threads[i], NULL, draw_on, kept[i]) == 0, "pthread_create");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("drops=%zu\nworthless=%zu\n", (size_t)drops, worthless(kept[0], (size_t)THREADS * EACH));
    show_draw("in the end", RAND_bytes, SHOWN);
    return 0;
}
