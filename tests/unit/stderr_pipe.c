/*
 * See stderr_pipe.h.
 */
#include "stderr_pipe.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int stderr_pipe(void)
{
    int ends[2];

    cr_assert(pipe2(ends, O_CLOEXEC) == 0);
    cr_assert(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    close(ends[1]);
    cr_assert(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    return ends[0];
}

const char *pipe_text(int reader)
{
    static char text[8192];
    ssize_t got = read(reader, text, sizeof(text) - 1);

    text[got > 0 ? got : 0] = '\0';
    return text;
}

const char *line_start(pid_t process)
{
    static char start[128];

    snprintf(start, sizeof(start), "osrandom: %s[%d]: ", program_invocation_short_name,
             (int)process);
    return start;
}
