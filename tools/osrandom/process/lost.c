/*
 * See lost.h.
 */
#include "lost.h"

#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

#include "base/memory.h"

static struct lost {
    pid_t child, process;
} * lost;
static size_t count;

void lost_add(pid_t child, pid_t process)
{
    kill(child, SIGKILL);
    lost = grown(lost, count, sizeof(*lost));
    lost[count++] = (struct lost){child, process};
}

void lost_bury(void)
{
    size_t left = 0;

    for (size_t i = 0; i < count; i++)
        if (waitpid(lost[i].child, NULL, WNOHANG) == 0)
            lost[left++] = lost[i];
    count = left;
}

bool lost_has(pid_t process)
{
    for (size_t i = 0; i < count; i++)
        if (lost[i].process == process)
            return true;
    return false;
}
