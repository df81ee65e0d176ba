/*
 * A second preloaded library that has a number of its own for every process, as libfaketime does
 * where it was built so and is asked to.
 */
#include <unistd.h>

pid_t getpid(void)
{
    return 4242;
}
