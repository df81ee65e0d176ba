/*
 * Takes the process's right to map memory away before any other constructor runs (it is linked with
 * -z initfirst). The heap is made first, as a limit that a program can live with leaves it one.
 */
#include <stdlib.h>
#include <sys/resource.h>

enum { HEAP = 100 << 10 };

__attribute__((constructor)) static void spend(void)
{
    const struct rlimit none = {1, 1};
    void *volatile block = malloc(HEAP);

    free(block);
    setrlimit(RLIMIT_AS, &none);
}
