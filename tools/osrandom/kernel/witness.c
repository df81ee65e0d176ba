/*
 * See witness.h.
 */
#include "witness.h"

#include <linux/random.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bare_vdso.h"
#include "base/memory.h"

enum { DRAW = 32, ATTEMPTS = 8 };

static unsigned char *state;

static bool find_vdso(void)
{
    state = bare_vdso_find() ? bare_vdso_state() : NULL;
    return state;
}

static bool draw(unsigned char bytes[DRAW])
{
    return bare_vdso_draw(state, bytes, DRAW);
}

/* What the witness remembers: its state before a draw, and what that draw gave. */
static struct {
    unsigned char state[BARE_VDSO_PAGE];
    unsigned char drawn[DRAW];
} memory;

static bool draw_as_before(unsigned char bytes[DRAW])
{
    memcpy(state, memory.state, bare_vdso.state_size);
    return draw(bytes);
}

/* The kernel may reseed by itself, or drop the state, in between: then it is tried again. */
static bool can_repeat(void)
{
    unsigned char bytes[DRAW];

    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (!draw(bytes))
            return false;
        memcpy(memory.state, state, bare_vdso.state_size);
        if (!draw(memory.drawn) || !draw_as_before(bytes))
            return false;
        if (memcmp(bytes, memory.drawn, DRAW) == 0)
            return true;
    }
    return false;
}

static void testify(int channel)
{
    unsigned char bytes[DRAW];
    char word;

    word = find_vdso() && can_repeat() ? 'y' : 'n';
    if (write(channel, &word, 1) != 1 || word == 'n' || read(channel, &word, 1) != 1)
        _exit(0);
    word = 'n';
    if (draw_as_before(bytes) && memcmp(bytes, memory.drawn, DRAW) != 0)
        word = 'y';
    if (write(channel, &word, 1) != 1)
        _exit(1);
    explicit_bzero(&memory, sizeof(memory));
    _exit(0);
}

static char word_from(int channel)
{
    char word;

    return read(channel, &word, 1) == 1 ? word : '\0';
}

static void dismiss(struct witness *witness)
{
    if (witness->channel >= 0)
        close(witness->channel);
    if (witness->process > 0)
        waitpid(witness->process, NULL, 0);
    *witness = (struct witness){.channel = -1};
}

struct witness witness_call(void)
{
    struct witness witness = {.channel = -1};
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return witness;
    witness.process = fork();
    if (witness.process == 0) {
        close(ends[0]);
        testify(ends[1]);
    }
    close(ends[1]);
    witness.channel = ends[0];
    if (witness.process < 0 || word_from(witness.channel) != 'y')
        dismiss(&witness);
    return witness;
}

enum testimony witness_ask(struct witness *witness)
{
    char word = '\0';

    if (witness->channel < 0)
        return WITNESS_CANNOT;
    if (send(witness->channel, "?", 1, MSG_NOSIGNAL) == 1)
        word = word_from(witness->channel);
    dismiss(witness);
    return word == 'y' ? WITNESS_DRAWS_ANEW : word == 'n' ? WITNESS_REPEATS : WITNESS_CANNOT;
}

char *draws_are_plausible(void)
{
    static const unsigned char zero[DRAW];
    unsigned char one[DRAW] = {0}, other[DRAW] = {0};
    char *problem = NULL;
    bool by_vdso = find_vdso();

    if (syscall(SYS_getrandom, one, DRAW, GRND_NONBLOCK) != DRAW)
        problem = text_of("getrandom() gives nothing");
    else if (by_vdso ? !draw(other) : syscall(SYS_getrandom, other, DRAW, GRND_NONBLOCK) != DRAW)
        problem = text_of("the vDSO's getrandom() gives nothing");
    else if (memcmp(one, zero, DRAW) == 0 || memcmp(other, zero, DRAW) == 0)
        problem = text_of("getrandom() gives zeros");
    else if (memcmp(one, other, DRAW) == 0)
        problem = text_of("two draws agree");
    if (by_vdso)
        munmap(state, BARE_VDSO_PAGE);
    explicit_bzero(one, DRAW);
    explicit_bzero(other, DRAW);
    return problem;
}
