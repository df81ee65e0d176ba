/* A shim that shows its fault only where LD_PRELOAD does not name it. */
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void complain(void)
{
    if (!getenv("LD_PRELOAD") && write(STDERR_FILENO, "moody\n", 6) < 0)
        _exit(1);
}
